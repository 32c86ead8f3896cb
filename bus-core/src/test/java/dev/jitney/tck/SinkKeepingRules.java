// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import static dev.jitney.tck.SinkHarness.add;
import static dev.jitney.tck.SinkHarness.ids;
import static dev.jitney.tck.SinkHarness.letter;
import static dev.jitney.tck.SinkHarness.minute;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.DeadLetter;
import dev.jitney.event.DeadLetter.Reason;
import dev.jitney.event.Event;
import dev.jitney.event.Selection;
import dev.jitney.event.Severity;
import dev.jitney.spi.DeadLetterSink;
import dev.jitney.spi.DeadLetterSink.Filter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** ERR-5: what a dead-letter sink keeps, and how it is found again. */
interface SinkKeepingRules extends SinkRules {

    @Test
    @DisplayName("ERR-5 keeps a letter with all that it says")
    default void keepsALetterWhole() {
        DeadLetterSink sink = sinks().open(10);
        DeadLetter letter =
                letter(7)
                        .reason(Reason.HANDLER_TIMEOUT)
                        .handler("mail to ü \"x\"")
                        .error("com.acme.Slow", "took ü \n too\tlong", "at com.acme\n\tat b")
                        .attempts(3)
                        .firstTime(minute(1))
                        .lastTime(minute(2))
                        .retries(2)
                        .build();
        assertThat(sink.add(letter)).isEmpty();
        sinks().assertSame(sink.get("letter-7"), letter);
        sinks().assertSame(sink.list(Filter.all(), 1).get(0), letter);
        assertThat(sink.get("letter-8")).as("a letter that is not there").isNull();
        assertThat(sink.size()).isEqualTo(1);
    }

    @Test
    @DisplayName("ERR-5 EVT-4 keeps every shape of event")
    default void keepsEveryShapeOfEvent() {
        DeadLetterSink sink = sinks().open(100);
        for (Event event : EventShapes.all()) {
            DeadLetter letter =
                    DeadLetter.builder(event, Reason.VALIDATION_ERROR)
                            .id(event.id())
                            .lastTime(minute(0))
                            .build();
            sink.add(letter);
            sinks().assertSame(sink.get(event.id()), letter);
        }
    }

    @Test
    @DisplayName("ERR-5 DSU-4 keeps a line that is no event, byte by byte")
    default void keepsALineThatIsNoEvent() {
        DeadLetterSink sink = sinks().open(10);
        byte[] odd = "\0{\"id\":\u00ff\r broken \ud83d".getBytes(StandardCharsets.UTF_16);
        for (byte[] line : List.of(odd, new byte[0])) {
            DeadLetter letter =
                    DeadLetter.undecodable(line, "file:/events")
                            .id("line-" + line.length)
                            .lastTime(minute(0))
                            .build();
            sink.add(letter);
            DeadLetter found = sink.get(letter.id());
            sinks().assertSame(found, letter);
            assertThat(found.line()).as("bytes of the line").isEqualTo(line);
            assertThat(found.reason()).isEqualTo(Reason.SERIALIZATION_ERROR);
        }
    }

    @Test
    @DisplayName("ERR-5 lists the newest first, up to the limit")
    default void listsTheNewestFirst() {
        DeadLetterSink sink = sinks().open(10);
        assertThat(sink.list(Filter.all(), 10)).as("an empty sink").isEmpty();
        // The last one has failed first: the order is that of adding.
        add(sink, 3);
        sink.add(letter(9).firstTime(minute(0)).lastTime(minute(0)).build());
        assertThat(ids(sink)).containsExactly("letter-9", "letter-2", "letter-1", "letter-0");
        assertThat(ids(sink.list(Filter.all(), 2))).containsExactly("letter-9", "letter-2");
        assertThat(sink.list(Filter.all(), 0)).as("limit 0").isEmpty();
        Filter old = Filter.builder().until(minute(1)).build();
        assertThat(ids(sink.list(old, 1))).as("the limit counts what is selected").hasSize(1);
        assertThat(ids(sink.list(old, 1))).containsExactly("letter-9");
    }

    @Test
    @DisplayName("ERR-5 what was listed does not change afterwards")
    default void listsAtOneMoment() {
        DeadLetterSink sink = sinks().open(10);
        add(sink, 2);
        List<DeadLetter> before = sink.list(Filter.all(), 10);
        DeadLetter first = sink.get("letter-0");
        sink.add(letter(2).build());
        sink.remove("letter-1");
        sink.startRetry("letter-0", 1, minute(9));
        assertThat(ids(before)).containsExactly("letter-1", "letter-0");
        assertThat(first.retries()).isZero();
    }

    @Test
    @DisplayName("ERR-5 filters by reason, topic, handler, time and retries")
    default void filtersByEverything() {
        DeadLetterSink sink = sinks().open(10);
        add(sink, 2);
        sink.add(letter(2).reason(Reason.OVERFLOW).handler("").build());
        sink.add(letter(3).reason(Reason.REJECTED).retries(3).build());
        assertThat(ids(sink, Filter.builder().reason(Reason.OVERFLOW))).containsExactly("letter-2");
        assertThat(ids(sink, Filter.builder().reason(Reason.OVERFLOW).reason(Reason.REJECTED)))
                .containsExactly("letter-3", "letter-2");
        assertThat(ids(sink, Filter.builder().handler("handler-1"))).containsExactly("letter-1");
        assertThat(ids(sink, Filter.builder().handler(""))).containsExactly("letter-2");
        assertThat(ids(sink, events(Selection.builder().pattern("letter.1"))))
                .containsExactly("letter-1");
        assertThat(ids(sink, events(Selection.builder().pattern("letter.*").exclude("letter.0"))))
                .containsExactly("letter-3", "letter-2", "letter-1");
        assertThat(ids(sink, events(Selection.builder().severity(Severity.CRITICAL)))).isEmpty();
        assertThat(ids(sink, Filter.builder().since(minute(2))))
                .as("since that moment, it included")
                .containsExactly("letter-3", "letter-2");
        assertThat(ids(sink, Filter.builder().until(minute(1))))
                .as("until that moment, it left out")
                .containsExactly("letter-0");
        assertThat(ids(sink, Filter.builder().retriesBelow(3)))
                .containsExactly("letter-2", "letter-1", "letter-0");
        assertThat(ids(sink, Filter.builder().reason(Reason.HANDLER_ERROR).since(minute(1))))
                .as("all conditions together")
                .containsExactly("letter-1");
    }

    @Test
    @DisplayName("ERR-5 counts by reason, by topic and by handler")
    default void countsInSeveralWays() {
        DeadLetterSink sink = sinks().open(10);
        DeadLetterSink.Stats empty = sink.stats();
        assertThat(empty.size()).isZero();
        assertThat(empty.byReason()).isEmpty();
        assertThat(empty.oldest()).isNull();
        assertThat(empty.newest()).isNull();
        add(sink, 2);
        sink.add(letter(1).id("another").reason(Reason.OVERFLOW).lastTime(minute(5)).build());
        DeadLetterSink.Stats stats = sink.stats();
        assertThat(stats.size()).isEqualTo(3);
        assertThat(stats.bound()).isEqualTo(10);
        assertThat(stats.evicted()).isZero();
        assertThat(stats.byReason())
                .hasSize(2)
                .containsEntry(Reason.HANDLER_ERROR, 2L)
                .containsEntry(Reason.OVERFLOW, 1L);
        assertThat(stats.byTopic())
                .hasSize(2)
                .containsEntry("letter.0", 1L)
                .containsEntry("letter.1", 2L);
        assertThat(stats.byHandler())
                .hasSize(2)
                .containsEntry("handler-0", 1L)
                .containsEntry("handler-1", 2L);
        assertThat(stats.oldest()).isEqualTo(minute(0));
        assertThat(stats.newest()).isEqualTo(minute(5));
    }

    private static Filter.Builder events(Selection.Builder selection) {
        return Filter.builder().events(selection.build());
    }
}
