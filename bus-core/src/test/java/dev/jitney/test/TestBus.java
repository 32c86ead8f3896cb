// SPDX-License-Identifier: Apache-2.0
package dev.jitney.test;

import dev.jitney.EventBus;
import dev.jitney.EventBusBuilder;
import dev.jitney.Publication;
import dev.jitney.event.DeadLetter;
import dev.jitney.event.DeliveryState;
import dev.jitney.event.Event;
import dev.jitney.event.EventClock;
import dev.jitney.event.TopicPattern;
import dev.jitney.spi.DeadLetterSink;
import dev.jitney.spi.DeliveryInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A real bus for tests: in time that the test owns, with everything that happens written down, and
 * strict about what goes wrong. It needs no test framework: what fails is an {@link AssertionError}
 * that says what was there instead.
 *
 * <pre>{@code
 * try (TestBus kit = TestBus.create("orders")) {
 *     new Billing(kit.bus());
 *     kit.publish("order.placed", new Order(7));  // and its handlers have ended
 *     Event invoice = kit.awaitEvent("invoice.sent");
 *     kit.advance(Duration.ofDays(30));           // what was due has happened
 *     kit.assertPublished("invoice.overdue", 1);
 * }
 * }</pre>
 *
 * <p><b>Strict.</b> {@link #close} fails the test if a handler has failed, a dead letter was made
 * or an event was refused by the store, unless the test has said that it expects so; if an event
 * has not ended; if something expected did not come; and if the bus left a thread or a timer
 * behind.
 *
 * <p><b>Order and threads.</b> Those of the bus, as in production: handlers run on the bus's
 * threads. {@link #settle} waits for them, and so do {@link #publish}, {@link #advance} and all
 * assertions. The methods are for the test's own threads; a handler that calls one that waits gets
 * an {@link IllegalStateException}.
 *
 * <p><b>Limits.</b> Whatever waits, waits for 10 s of true time at the most, unless told otherwise.
 */
public final class TestBus implements AutoCloseable {

    private static final long PAUSE_NANOS = 1_000_000;

    private final VirtualTime time;
    private final BusTime busTime;
    private final Recorder recorder;
    private final EventBus bus;
    private final EventClock clock;
    private final Expectations expected = new Expectations();
    private boolean closed;

    private TestBus(String name, VirtualTime time, Consumer<? super EventBusBuilder> setUp) {
        this.time = time;
        busTime = new BusTime(time);
        clock = EventClock.of(time);
        recorder = new Recorder(time);
        EventBusBuilder builder = EventBus.builder(name).closeLimit(Duration.ZERO);
        setUp.accept(builder);
        bus = builder.clock(busTime).interceptor(recorder).build();
        time.stillness().add(recorder);
    }

    /** Returns a bus of this name, in a time of its own. */
    public static TestBus create(String name) {
        return create(name, builder -> {});
    }

    /** Returns a bus of this name, in a time of its own, built as the action says. */
    public static TestBus create(String name, Consumer<? super EventBusBuilder> setUp) {
        return create(name, new VirtualTime(), setUp);
    }

    /**
     * Returns a bus of this name, built as the action says, in a time that it shares with others.
     * The clock that the action sets is replaced.
     */
    public static TestBus create(
            String name, VirtualTime time, Consumer<? super EventBusBuilder> setUp) {
        return new TestBus(name, time, setUp);
    }

    /** Returns the bus, to be handed to what is tested. */
    public EventBus bus() {
        return bus;
    }

    /** Returns the time of the bus. */
    public VirtualTime time() {
        return time;
    }

    /**
     * Returns a builder of an event whose time, and so its age, is that of the bus. {@code
     * Event.of} takes the true time, which a window of the history would not reach.
     */
    public Event.Builder event(String topic) {
        return Event.builder(topic).clock(clock);
    }

    // ---- doing

    /** Publishes an event and waits until the bus has settled; see {@link #settle}. */
    public Publication publish(String topic, @Nullable Object payload) {
        return publish(event(topic).payload(payload).build());
    }

    /** Publishes an event and waits until the bus has settled; see {@link #settle}. */
    public Publication publish(Event event) {
        time.checkMayMove();
        Publication publication = bus.publish(event);
        settle();
        return publication;
    }

    /** As {@link #settle(Duration)}, with 10 s of patience. */
    public void settle() {
        settle(Stillness.PATIENCE);
    }

    /**
     * Waits until every event has ended, or waits for the time to move: in a back-off, behind an
     * event that is in one, in {@link VirtualTime#sleep}, or in a handler for an event of its own
     * that does. What is due already is run.
     *
     * @param patience the longest to wait, in true time
     * @throws AssertionError if the patience is over first; it names the handlers that still run
     */
    public void settle(Duration patience) {
        Deadline deadline = new Deadline(patience);
        while (true) {
            time.advance(Duration.ZERO, patience);
            boolean waits = recorder.open() == 0 || time.stillness().waitsForTime();
            if (waits && time.stillness().awake(recorder).isEmpty()) {
                return;
            }
            deadline.check(() -> unsettled(deadline));
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private String unsettled(Deadline deadline) {
        List<String> running =
                time.stillness().awake(recorder).stream().map(Recorder.Attempt::toString).toList();
        return "Bus '%s' has not settled%s: %s. If that waits for a limit, advance the time."
                .formatted(
                        bus.name(),
                        deadline.within(),
                        running.isEmpty()
                                ? recorder.open()
                                        + " of its events wait for another bus, or a store"
                                : String.join("; ", running));
    }

    /** Moves the time on and runs what becomes due, each at its moment; see {@link VirtualTime}. */
    public void advance(Duration span) {
        time.advance(span);
    }

    // ---- waiting for events

    /** As {@link #awaitEvent(String, Predicate, Duration)}, for any event of the pattern. */
    public Event awaitEvent(String pattern) {
        return awaitEvent(pattern, event -> true);
    }

    /** As {@link #awaitEvent(String, Predicate, Duration)}, with 10 s of patience. */
    public Event awaitEvent(String pattern, Predicate<? super Event> condition) {
        return awaitEvent(pattern, condition, Stillness.PATIENCE);
    }

    /**
     * Returns the first event that matches, of those published already and those to come; each only
     * once, so that a second call returns a second event. An event is there when the bus has
     * accepted it, before it is handled. The time does not move meanwhile.
     *
     * @param patience the longest to wait, in true time
     * @throws AssertionError if none comes; it lists what was published instead
     */
    public Event awaitEvent(String pattern, Predicate<? super Event> condition, Duration patience) {
        time.stillness().checkOutside();
        TopicPattern wanted = TopicPattern.parse(pattern);
        Deadline deadline = new Deadline(patience);
        Event found =
                recorder.next(
                        event -> wanted.matches(event.topic()) && condition.test(event), deadline);
        if (found == null) {
            throw new AssertionError(
                    "No event that matches '%s' and was not returned before came to bus '%s'%s. %s"
                            .formatted(pattern, bus.name(), deadline.within(), story()));
        }
        return found;
    }

    // ---- what has happened

    /**
     * Returns the events that were published, but for the bus's own, in the order of acceptance.
     */
    public List<Event> published() {
        return recorder.published().stream()
                .map(Recorder.Entry::event)
                .filter(event -> !event.topic().startsWith("system."))
                .toList();
    }

    /** Returns the events of a pattern that were published, in the order of their acceptance. */
    public List<Event> published(String pattern) {
        TopicPattern wanted = TopicPattern.parse(pattern);
        return recorder.published().stream()
                .map(Recorder.Entry::event)
                .filter(event -> wanted.matches(event.topic()))
                .toList();
    }

    /** Returns the failures of handlers, after their last attempts, in order. */
    public List<Failure> failures() {
        return recorder.failures();
    }

    /**
     * Returns the dead letters of the bus that are still there, the oldest first.
     *
     * @throws dev.jitney.BusClosedException if it is closed, with which its dead letters end
     */
    public List<DeadLetter> deadLetters() {
        List<DeadLetter> newestFirst =
                bus.deadLetters().list(DeadLetterSink.Filter.all(), Integer.MAX_VALUE);
        List<DeadLetter> oldestFirst = new ArrayList<>(newestFirst);
        Collections.reverse(oldestFirst);
        return Collections.unmodifiableList(oldestFirst);
    }

    /**
     * A handler that has failed on an event for good.
     *
     * @param event the event
     * @param subscription the name of the handler's subscription
     * @param state FAILED or TIMED_OUT
     * @param attempts how often it was tried
     * @param error the last failure
     */
    public record Failure(
            Event event, String subscription, DeliveryState state, int attempts, Throwable error) {

        static Failure of(DeliveryInfo delivery, Throwable error) {
            return new Failure(
                    delivery.event(),
                    delivery.subscription(),
                    delivery.state(),
                    delivery.attempt(),
                    error);
        }
    }

    // ---- assertions

    /** Settles, then fails unless an event of the pattern was published. */
    public void assertPublished(String pattern) {
        settle();
        if (published(pattern).isEmpty()) {
            fail("No event that matches '%s' was published on bus '%s'.", pattern, bus.name());
        }
    }

    /** Settles, then fails unless exactly so many events of the pattern were published. */
    public void assertPublished(String pattern, int times) {
        settle();
        int found = published(pattern).size();
        if (found != times) {
            fail(
                    "Expected %d events that match '%s' on bus '%s', but there were %d.",
                    times, pattern, bus.name(), found);
        }
    }

    /** Settles, then fails if an event of the pattern was published. */
    public void assertNotPublished(String pattern) {
        assertPublished(pattern, 0);
    }

    /** Settles, then fails if a handler has failed, expected or not; the failures come with it. */
    public void assertNoFailures() {
        settle();
        List<Failure> failures = failures();
        if (!failures.isEmpty()) {
            throw Expectations.error(
                    "On bus '%s' handlers have failed:".formatted(bus.name()),
                    failures.stream().map(Expectations::describe).toList(),
                    failures.stream().map(Failure::error).toList());
        }
    }

    private void fail(String message, Object... values) {
        throw new AssertionError(message.formatted(values) + " " + story());
    }

    private String story() {
        List<String> backOffs = recorder.backOffs();
        String waiting =
                backOffs.isEmpty() ? "" : "\nWaiting for the time: " + String.join("; ", backOffs);
        return Texts.published(recorder.published()) + waiting;
    }

    // ---- expectations

    /**
     * Expects that handlers fail on events of this pattern, with the dead letters that follow, or
     * that the store refuses such events. If nothing of that comes, {@link #close} fails.
     */
    public TestBus expectFailures(String pattern) {
        expected.failures(TopicPattern.parse(pattern));
        return this;
    }

    /**
     * Expects dead letters of events of this pattern that no failed handler explains: refused by a
     * validator, or dropped. If none comes, {@link #close} fails.
     */
    public TestBus expectDeadLetters(String pattern) {
        expected.deadLetters(TopicPattern.parse(pattern));
        return this;
    }

    /**
     * Allows that events have not ended when the bus is closed, and are cancelled by that. It does
     * not fail where all have ended.
     */
    public TestBus expectUnfinished() {
        expected.unfinished();
        return this;
    }

    /**
     * Settles, closes the bus, and fails the test for what was not expected. Closing again has no
     * effect.
     *
     * @throws AssertionError with a line for each thing that the test did not expect, and the
     *     failures of handlers, and of actions that the time ran, as suppressed ones
     * @throws IllegalStateException if a handler calls it, or an action that the time runs; the bus
     *     is not closed then
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        time.checkMayMove();
        closed = true;
        Verdict verdict = new Verdict(bus.name(), expected);
        try {
            if (expected.wantsUnfinished()) {
                time.advance(Duration.ZERO);
            } else {
                settle();
            }
        } catch (AssertionError e) {
            verdict.unsettled(e.getMessage());
        } catch (RuntimeException | Error e) {
            verdict.actionFailed(e);
        }
        verdict.unfinished(recorder);
        verdict.failures(recorder, deadLetters());
        bus.close();
        verdict.leftBehind(recorder, busTime);
        time.stillness().remove(recorder);
        verdict.give();
    }
}
