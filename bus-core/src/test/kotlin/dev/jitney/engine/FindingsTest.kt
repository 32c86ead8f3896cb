// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.EventBus
import dev.jitney.FindOptions
import dev.jitney.Publication
import dev.jitney.event.Event
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatThrownBy
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executor
import java.util.concurrent.RejectedExecutionException
import java.util.concurrent.TimeUnit
import kotlin.concurrent.thread

class FindingsTest {
    private val time = ManualTime()
    private val history = History(1_000)
    private val inFlight = LinkedHashSet<Publication>()
    private val handedOut = ArrayList<Runnable>()
    private val findings = Findings(time, history, { inFlight }, time::schedule, Runnable::run)
    private val second = Duration.ofSeconds(1)

    private fun completed(id: String, topic: String = "a", cause: String? = null, ageMillis: Long = 0): Event =
        event(topic, id, cause, -ageMillis).also { history.add(KnownPublication(it)) }

    private fun running(id: String, topic: String = "a", cause: String? = null, ageMillis: Long = 0): Event =
        event(topic, id, cause, -ageMillis).also { inFlight += KnownPublication(it) }

    private fun publish(id: String, topic: String = "a", cause: String? = null): Event {
        val publication = KnownPublication(event(topic, id, cause))
        inFlight += publication
        findings.offer(publication)
        return publication.event()
    }

    private fun options(pattern: String = "a", more: FindOptions.Builder.() -> Unit = {}): FindOptions =
        FindOptions.builder(pattern).apply(more).build()

    private fun future(pattern: String = "a", more: FindOptions.Builder.() -> Unit = {}) =
        options(pattern) { noPast().unlimitedFuture().more() }

    private fun nothingIsLeft() {
        assertThat(findings.waiting).isZero()
        assertThat(time.timersLeft).isZero()
    }

    // ---- the past

    @Test
    @DisplayName("HIS-2 find gives the newest match by the time of the events, whether completed or in flight")
    fun newest() {
        completed("middle", ageMillis = 20)
        completed("newest", ageMillis = 10)
        completed("late", ageMillis = 40)
        running("oldest", ageMillis = 50)
        completed("other", topic = "b")
        assertThat(findings.newest(options())?.event()?.id()).isEqualTo("newest")
        val pending = running("pending", ageMillis = 5)
        assertThat(findings.find(options())).isCompletedWithValue(pending)
        assertThat(findings.find(options("c"))).isCompletedWithValue(null)
    }

    @Test
    @DisplayName("HIS-1 pending and running events are found when the history keeps none")
    fun withoutHistory() {
        val none = Findings(time, History(0), { inFlight }, time::schedule, Runnable::run)
        val pending = running("pending")
        assertThat(none.find(options())).isCompletedWithValue(pending)
    }

    @Test
    @DisplayName("HIS-2 the past window is by the bus's clock, and an event exactly that old counts")
    fun pastWindow() {
        val old = completed("old", ageMillis = 1_000)
        assertThat(findings.newest(options { past(second) })?.event()).isEqualTo(old)
        assertThat(findings.newest(options { past(second.minusNanos(1)) })).isNull()
        time.advance(Duration.ofNanos(1))
        assertThat(findings.newest(options { past(second) })).isNull()
        assertThat(findings.newest(options { noPast() })).isNull()
        assertThat(findings.newest(options())?.event()).isEqualTo(old)
    }

    @Test
    @DisplayName("HIS-2 W35 an event from the future is in every past window and hides no other")
    fun futureTimestamp() {
        completed("poison", topic = "b", ageMillis = -Duration.ofDays(3_650).toMillis())
        val event = completed("now")
        assertThat(findings.newest(options("*") { past(second).predicate { it.topic() == "a" } })?.event())
            .isEqualTo(event)
        assertThat(findings.newest(options("*") { past(second) })?.event()?.id()).isEqualTo("poison")
    }

    @Test
    @DisplayName("HIS-2 the newest is told to the nanosecond")
    fun withinAMillisecond() {
        for (nanos in listOf(2L, 3, 1)) {
            val event = Event.builder("a").id("e$nanos").time(START.plusNanos(nanos)).build()
            history.add(KnownPublication(event))
        }
        assertThat(findings.filter(options(), 9).map { it.event().id() }).containsExactly("e3", "e2", "e1")
    }

    @Test
    @DisplayName("HIS-1 HIS-2 an event that was seen waiting, running and kept while it was looked for is found once")
    fun onceEach() {
        for (many in listOf(1, 100)) {
            val all = List(many) { KnownPublication(event("a", "$many-$it", atMillis = it.toLong())) }
            val kept = History(many)
            all.take(many / 2).forEach(kept::add)
            val waits = KnownPublication(event("a", "waits", atMillis = -1), state = Publication.State.PENDING)
            val searched = Findings(time, kept, { all + all + waits }, time::schedule, Runnable::run)
            assertThat(searched.filter(options(), 1_000)).containsExactlyElementsOf(all.reversed() + waits)
        }
    }

    @Test
    @DisplayName("HIS-2 filter gives the newest first, each once, up to its limit")
    fun filter() {
        for (age in listOf(3L, 1, 5, 2, 4)) completed("e$age", ageMillis = age)
        val both = KnownPublication(event("a", "both"))
        history.add(both)
        inFlight += both
        fun ids(limit: Int) = findings.filter(options { predicate { it.id() != "e2" } }, limit).map { it.event().id() }
        assertThat(ids(10)).containsExactly("both", "e1", "e3", "e4", "e5")
        assertThat(ids(2)).containsExactly("both", "e1")
        assertThat(ids(0)).isEmpty()
        assertThatThrownBy { ids(-1) }
            .isInstanceOf(IllegalArgumentException::class.java)
            .hasMessage("Limit '-1' is negative. Use zero or more.")
    }

    @Test
    @DisplayName("HIS-2 the predicate is asked about no more events than the answer needs")
    fun lazyPredicate() {
        repeat(100) { completed("e$it", ageMillis = 100L - it) }
        val asked = ArrayList<String>()
        findings.newest(options { predicate { asked.add(it.id()) && it.id() == "e97" } })
        assertThat(asked).containsExactly("e99", "e98", "e97")
    }

    @Test
    @DisplayName("HIS-2 childOf takes descendants of any generation only, as far as the chain is known")
    fun childOf() {
        val root = completed("root")
        completed("child", cause = "root", ageMillis = 3)
        completed("stranger", ageMillis = 1)
        val grandchild = running("grandchild", cause = "child", ageMillis = 2)
        val search = options { childOf(root) }
        assertThat(findings.newest(search)?.event()).isEqualTo(grandchild)
        assertThat(findings.filter(search, 9).map { it.event().id() }).containsExactly("grandchild", "child")
    }

    @Test
    @DisplayName("HIS-2 a predicate that throws on the past fails its own search, and nothing is left")
    fun throwingOnThePast() {
        completed("e")
        val failure = IllegalStateException("broken")
        val search = findings.find(options { unlimitedFuture().predicate { throw failure } })
        assertThat(search).isCompletedExceptionally
        assertThat(search.handle { _, error -> error }.get()).isSameAs(failure)
        nothingIsLeft()
    }

    // ---- the future

    @Test
    @DisplayName("HIS-2 a match to come is made at publish, before handling, and the past does not count then")
    fun futureMatch() {
        running("before")
        val search = findings.find(future())
        publish("other", topic = "b")
        assertThat(search).isNotDone
        val event = publish("after")
        assertThat(search).isCompletedWithValue(event)
        publish("later")
        assertThat(search).isCompletedWithValue(event)
        nothingIsLeft()
    }

    @Test
    @DisplayName("HIS-2 the past is looked at first, and waiting begins only when it has no match")
    fun pastFirst() {
        val past = completed("past")
        assertThat(findings.find(options { unlimitedFuture() })).isCompletedWithValue(past)
        nothingIsLeft()
        assertThat(findings.find(options("b") { unlimitedFuture() })).isNotDone
        assertThat(findings.waiting).isEqualTo(1)
    }

    @Test
    @DisplayName("HIS-2 a search gives null when its future window has passed")
    fun timeOut() {
        val search = findings.find(future { future(second) })
        time.advance(second.minusNanos(1))
        assertThat(search).isNotDone
        time.advance(Duration.ofNanos(1))
        assertThat(search).isCompletedWithValue(null)
        nothingIsLeft()
        publish("late")
        assertThat(search).isCompletedWithValue(null)
    }

    @Test
    @DisplayName("HIS-2 a match takes its timer back, a wait without limit has none")
    fun timers() {
        findings.find(future())
        assertThat(time.timersLeft).isZero()
        findings.find(future { future(second) })
        assertThat(time.timersLeft).isEqualTo(1)
        publish("e")
        nothingIsLeft()
    }

    @Test
    @DisplayName("HIS-2 all searches that match get the same event")
    fun sameEvent() {
        val searches = List(100) { findings.find(future { predicate { event -> event.id() != "no" } }) }
        publish("no")
        assertThat(searches).noneMatch { it.isDone }
        val event = publish("yes")
        assertThat(searches).allMatch { it.isDone && it.get() === event }
        nothingIsLeft()
    }

    @Test
    @DisplayName("HIS-2 D5 a predicate that throws harms neither the publisher nor another search")
    fun throwingPredicate() {
        val failure = StackOverflowError()
        val before = findings.find(future())
        val broken = findings.find(future { predicate { throw failure } })
        val after = findings.find(future())
        val event = publish("e")
        assertThat(listOf(before, after)).allMatch { it.get() === event }
        assertThat(broken.handle { _, error -> error }.get()).isSameAs(failure)
        nothingIsLeft()
    }

    @Test
    @DisplayName("HIS-2 a search for descendants follows the chain over completed and running events")
    fun futureDescendants() {
        val root = completed("root")
        completed("child", topic = "b", cause = "root")
        val search = findings.find(future { childOf(root) })
        publish("root-less")
        publish("stranger", cause = "elsewhere")
        assertThat(search).isNotDone
        assertThat(search).isNotDone
        val grandchild = publish("grandchild", cause = "child")
        assertThat(search).isCompletedWithValue(grandchild)
    }

    @Test
    @DisplayName("HIS-2 cancelling a search ends it and leaves nothing behind")
    fun cancelling() {
        val search = findings.find(future { future(second) })
        search.cancel(true)
        nothingIsLeft()
        publish("e")
        assertThat(search).isCancelled
    }

    @Test
    @DisplayName("HIS-2 D7 closing ends every search that waits with null, and those to come at once")
    fun closing() {
        val searches = listOf(findings.find(future()), findings.find(future { future(second) }))
        findings.close()
        assertThat(searches).allMatch { it.isDone && it.get() == null }
        assertThat(findings.find(future())).isCompletedWithValue(null)
        nothingIsLeft()
    }

    @Test
    @DisplayName("HIS-2 D7 the first search of a bus gets null, too, if the bus has closed since it was let in")
    fun closedBeforeTheFirst() {
        val past = (EventBus.builder("orders").build() as EngineBus).use { it.core.past }
        assertThat(past.find(future())).isCompletedWithValue(null)
    }

    @Test
    @DisplayName("HIS-2 results are handed out by the executor, so a publisher runs no code of those who wait")
    fun executor() {
        val deferring = Findings(time, history, { inFlight }, time::schedule, handedOut::add)
        val search = deferring.find(future())
        deferring.offer(KnownPublication(event("a", "first")))
        deferring.offer(KnownPublication(event("a", "second")))
        assertThat(search).isNotDone
        assertThat(deferring.waiting).isZero()
        assertThat(handedOut).hasSize(1)
        handedOut.single().run()
        assertThat(search.get()?.id()).isEqualTo("first")
    }

    @Test
    @DisplayName("HIS-2 an executor that takes no more tasks loses no result")
    fun rejectingExecutor() {
        val rejecting = Executor { throw RejectedExecutionException() }
        val ending = Findings(time, history, { inFlight }, time::schedule, rejecting)
        val search = ending.find(future())
        ending.offer(KnownPublication(event("a", "e")))
        assertThat(search.get()?.id()).isEqualTo("e")
    }

    @Test
    @DisplayName("HIS-2 a timer that cannot be started fails the search and leaves nothing behind")
    fun brokenTimer() {
        val failure = IllegalStateException("no timer")
        val timerless = Findings(time, history, { inFlight }, { _, _ -> throw failure }, Runnable::run)
        val search = timerless.find(future { future(second) })
        assertThat(search.handle { _, error -> error }.get()).isSameAs(failure)
        assertThat(timerless.waiting).isZero()
    }

    @Test
    @DisplayName("HIS-2 a timer that is up at once ends the search once")
    fun instantTimer() {
        var taken = 0
        val instant = Findings(
            time,
            history,
            { inFlight },
            { _, task ->
                task.run()
                AutoCloseable { taken++ }
            },
            Runnable::run,
        )
        assertThat(instant.find(future { future(second) })).isCompletedWithValue(null)
        assertThat(taken).isEqualTo(1)
        assertThat(instant.waiting).isZero()
    }

    // ---- the store

    @Test
    @DisplayName("HIS-2 the store is asked only when told so and the history has no match")
    fun reachIntoStore() {
        var asked = 0
        val stored = event("a", "stored")
        fun find(options: FindOptions) = findings.find(options) {
            asked++
            CompletableFuture.completedFuture(stored)
        }
        assertThat(find(options())).isCompletedWithValue(null)
        assertThat(find(options { noPast().reachIntoStore() })).isCompletedWithValue(null)
        assertThat(asked).isZero()
        assertThat(find(options { reachIntoStore() })).isCompletedWithValue(stored)
        val recent = completed("recent")
        assertThat(find(options { reachIntoStore() })).isCompletedWithValue(recent)
        assertThat(asked).isEqualTo(1)
    }

    @Test
    @DisplayName("HIS-2 the future window begins when the store has answered, and an event that comes first wins")
    fun storeThenFuture() {
        val answer = CompletableFuture<Event?>()
        val search = findings.find(options { future(second).reachIntoStore() }) { answer }
        time.advance(Duration.ofMinutes(1))
        assertThat(search).isNotDone
        answer.complete(null)
        assertThat(time.timersLeft).isEqualTo(1)
        time.advance(second)
        assertThat(search).isCompletedWithValue(null)

        val slow = CompletableFuture<Event?>()
        val other = findings.find(options("b") { future(second).reachIntoStore() }) { slow }
        val event = publish("e", topic = "b")
        assertThat(other).isCompletedWithValue(event)
        slow.complete(event("b", "stored"))
        assertThat(other).isCompletedWithValue(event)
        nothingIsLeft()
    }

    @Test
    @DisplayName("HIS-2 a store that fails ends the search with its failure")
    fun failingStore() {
        val failure = IllegalStateException("disk")
        val options = options { unlimitedFuture().reachIntoStore() }
        val late = findings.find(options) { CompletableFuture.failedFuture(failure) }
        val early = findings.find(options) { throw failure }
        assertThat(listOf(late, early)).allMatch { it.handle { _, error -> error }.get() === failure }
        nothingIsLeft()
    }

    // ---- many at once

    @Test
    @DisplayName("HIS-2 of events that are published while searches begin none falls between past and future")
    fun noGap() {
        repeat(300) { round ->
            val visible = ConcurrentLinkedQueue<Publication>()
            val racing = Findings(time, History(0), { visible }, time::schedule, Runnable::run)
            val start = CountDownLatch(1)
            val publisher = thread {
                start.await()
                val publication = KnownPublication(event("a", "e$round"))
                visible += publication
                racing.offer(publication)
            }
            start.countDown()
            val search = racing.find(options { unlimitedFuture() })
            assertThat(search.get(20, TimeUnit.SECONDS)?.id()).isEqualTo("e$round")
            publisher.join()
            assertThat(racing.waiting).isZero()
        }
    }
}
