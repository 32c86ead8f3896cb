// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

import dev.jitney.HandlerResult
import dev.jitney.Publication
import dev.jitney.event.DeliveryState
import dev.jitney.event.Outcome
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.DisplayName
import org.junit.jupiter.api.Test
import java.time.Duration

class EventTreeTest {
    private fun ms(millis: Long) = Duration.ofMillis(millis)

    private fun tree(vararg publications: Publication, texts: EventTreeTexts = EventTreeTexts()): String =
        EventTree(publications.toList(), ::publishedBy, texts).print("Bus 'orders'")

    private fun publishedBy(result: HandlerResult) = result.published()

    @Test
    @DisplayName("NST-6 the forest shows events, handlers, states, durations, values, errors and children")
    fun forest() {
        val invoiced = event("order.invoiced", "019a8b3c-0002-7001-8002-00000000abcd", ROOT_ID, 4)
        val mailed = event("order.mailed", "m1", ROOT_ID, 9)
        val unlisted = event("order.noted", "n1", ROOT_ID, 12)
        val text = tree(
            KnownPublication(event("audit.tick", "t1", atMillis = 20), Outcome.NO_HANDLER),
            KnownPublication(
                mailed,
                Outcome.HANDLED_WITH_FAILURES,
                listOf(KnownResult("smtp", DeliveryState.TIMED_OUT, startMillis = 10, took = ms(30_250), attempts = 3)),
            ),
            KnownPublication(unlisted, null, state = Publication.State.PENDING),
            KnownPublication(
                event("order.placed", ROOT_ID),
                Outcome.HANDLED_WITH_FAILURES,
                listOf(
                    KnownResult(
                        "invoice",
                        value = "INV-1",
                        startMillis = 2,
                        took = ms(4),
                        published = listOf(invoiced),
                    ),
                    KnownResult("stock", value = listOf(1, 2, 3), startMillis = 6),
                    KnownResult(
                        "mailer",
                        DeliveryState.FAILED,
                        error = IllegalStateException("no route"),
                        startMillis = 6,
                        took = ms(95_000),
                        published = listOf(mailed, event("order.lost", "l1", ROOT_ID)),
                    ),
                    KnownResult("late", DeliveryState.CANCELLED, startMillis = 6),
                ),
            ),
            KnownPublication(invoiced, Outcome.HANDLED, listOf(KnownResult("books", value = 7, startMillis = 5))),
        )
        assertThat(text).isEqualTo(
            """
            Bus 'orders'
            order.placed 0001-7001-8001  handled with failures  2026-01-01T00:00:00.002Z  1 min 35 s
            ├─ invoice  completed  4 ms  → "INV-1"
            │  └─ order.invoiced 0002-7001-8002  handled  2026-01-01T00:00:00.005Z  0 ms
            │     └─ books  completed  0 ms  → 7
            ├─ stock  completed  0 ms  → 3 items
            ├─ mailer  failed  1 min 35 s  ! IllegalStateException: no route
            │  ├─ order.mailed m1  handled with failures  2026-01-01T00:00:00.010Z  30.2 s
            │  │  └─ smtp  timed out  3 attempts  30.2 s
            │  └─ order.lost l1  no longer known
            ├─ late  cancelled  0 ms
            └─ order.noted n1  pending  2026-01-01T00:00:00.012Z
            audit.tick t1  no handler  2026-01-01T00:00:00.020Z

            """.trimIndent(),
        )
    }

    @Test
    @DisplayName("NST-6 an empty history says so")
    fun empty() {
        assertThat(tree()).isEqualTo("Bus 'orders'\nNo events are known.\n")
    }

    @Test
    @DisplayName("NST-6 an event whose cause is not known is a root")
    fun missingParent() {
        assertThat(tree(KnownPublication(event("a", "a1", "gone")))).isEqualTo(
            """
            Bus 'orders'
            a a1  handled  2026-01-01T00:00:00.000Z

            """.trimIndent(),
        )
    }

    @Test
    @DisplayName("NST-6 circles of causes end, and every event is shown")
    fun circles() {
        val a = event("a", "a1", "c1")
        val text = tree(
            KnownPublication(a),
            KnownPublication(event("b", "b1", "a1", 1)),
            KnownPublication(event("c", "c1", "b1", 2)),
            KnownPublication(event("d", "d1", "d1", 3)),
        )
        assertThat(text).isEqualTo(
            """
            Bus 'orders'
            d d1  handled  2026-01-01T00:00:00.003Z
            a a1  handled  2026-01-01T00:00:00.000Z
            └─ b b1  handled  2026-01-01T00:00:00.001Z
               └─ c c1  handled  2026-01-01T00:00:00.002Z
                  └─ a a1  shown above

            """.trimIndent(),
        )
    }

    @Test
    @DisplayName("NST-6 values, names and messages are one line each, cut, escaped and masked")
    fun hostileValues() {
        val values = listOf(
            "two\nlines \u001b[31m\u202e\u2028",
            "x".repeat(59) + "😀😀",
            "password=hunter2 " + "y".repeat(100),
            Textless(),
            Classless(),
            Sizeless(),
            mapOf(1 to 2),
            ByteArray(12),
            arrayOf(1, 2),
            event("a.b", "e1"),
            true,
        )
        val results = values.map { KnownResult("h", value = it) } +
            KnownResult("na\nme", DeliveryState.FAILED, error = Odd()) +
            KnownResult("quiet", DeliveryState.FAILED, error = RuntimeException())
        val texts = EventTreeTexts { it.replace("hunter2", "***") }
        val text = tree(KnownPublication(event("a", "bad\nid"), results = results), texts = texts)
        assertThat(text).isEqualTo(
            """
            Bus 'orders'
            a bad\u000aid  handled  2026-01-01T00:00:00.000Z  0 ms
            ├─ h  completed  0 ms  → "two\u000alines \u001b[31m\u202e\u2028"
            ├─ h  completed  0 ms  → "${"x".repeat(59)}…"
            ├─ h  completed  0 ms  → "password=*** ${"y".repeat(47)}…"
            ├─ h  completed  0 ms  → dev.jitney.engine.EventTreeTest${'$'}Textless
            ├─ h  completed  0 ms  → dev.jitney.engine.EventTreeTest${'$'}Classless
            ├─ h  completed  0 ms  → dev.jitney.engine.EventTreeTest${'$'}Sizeless
            ├─ h  completed  0 ms  → 1 entry
            ├─ h  completed  0 ms  → 12 bytes
            ├─ h  completed  0 ms  → 2 items
            ├─ h  completed  0 ms  → a.b e1
            ├─ h  completed  0 ms  → true
            ├─ na\u000ame  failed  0 ms  ! EventTreeTest${'$'}Odd: it\u0009is ***
            └─ quiet  failed  0 ms  ! RuntimeException

            """.trimIndent(),
        )
    }

    @Test
    @DisplayName("NST-6 a chain of ten thousand generations is cut, counted and costs no stack")
    fun deepChain() {
        val chain = Array(10_000) {
            KnownPublication(
                event(
                    "a",
                    "e$it",
                    if (it ==
                        0
                    ) {
                        null
                    } else {
                        "e${it - 1}"
                    },
                    it.toLong(),
                ),
            )
        }
        val lines = tree(*chain).lines()
        assertThat(lines).hasSize(67)
        assertThat(lines[64]).isEqualTo("   ".repeat(62) + "└─ a e63  handled  2026-01-01T00:00:00.063Z")
        assertThat(lines[65]).isEqualTo("   ".repeat(63) + "└─ … 9936 more below")
    }

    private class Textless {
        override fun toString(): String = error("no text")
    }

    private class Classless {
        override fun toString(): String = throw NoClassDefFoundError("Texts")
    }

    private class Sizeless : AbstractList<Int>() {
        override val size: Int get() = error("no size")

        override fun get(index: Int): Int = index
    }

    private class Odd : RuntimeException("it\tis hunter2")

    private companion object {
        const val ROOT_ID = "019a8b3c-0001-7001-8001-00000000abcd"
    }
}
