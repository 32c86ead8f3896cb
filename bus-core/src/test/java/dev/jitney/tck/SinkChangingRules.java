// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import static dev.jitney.tck.SinkHarness.add;
import static dev.jitney.tck.SinkHarness.ids;
import static dev.jitney.tck.SinkHarness.letter;
import static dev.jitney.tck.SinkHarness.minute;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.DeadLetter;
import dev.jitney.event.DeadLetter.Reason;
import dev.jitney.spi.DeadLetterSink;
import dev.jitney.spi.DeadLetterSink.Filter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** ERR-5: the bound, and how letters are retried and removed. */
interface SinkChangingRules extends SinkRules {

    @Test
    @DisplayName("ERR-5 evicts the oldest at its bound, and says which")
    default void evictsTheOldest() {
        DeadLetterSink sink = sinks().open(5);
        add(sink, 5);
        assertThat(sink.bound()).isEqualTo(5);
        assertThat(sink.evicted()).isZero();
        List<DeadLetter> gone = new ArrayList<>(sink.add(letter(5).build()));
        gone.addAll(sink.add(letter(6).build()));
        assertThat(ids(gone)).containsExactly("letter-0", "letter-1");
        sinks().assertSame(gone.get(0), letter(0).build());
        assertThat(sink.evicted()).isEqualTo(2);
        assertThat(sink.stats().evicted()).isEqualTo(2);
        assertThat(sink.size()).isEqualTo(5);
        assertThat(ids(sink))
                .containsExactly("letter-6", "letter-5", "letter-4", "letter-3", "letter-2");
        assertThat(sink.get("letter-0")).as("an evicted letter").isNull();
    }

    @Test
    @DisplayName("ERR-5 a letter of the same id is replaced in its place, at the bound too")
    default void replacesALetterOfTheSameId() {
        DeadLetterSink sink = sinks().open(3);
        add(sink, 3);
        assertThat(sink.add(letter(0).reason(Reason.REJECTED).build())).isEmpty();
        assertThat(sink.size()).isEqualTo(3);
        assertThat(sink.evicted()).isZero();
        assertThat(ids(sink)).containsExactly("letter-2", "letter-1", "letter-0");
        assertThat(sink.get("letter-0").reason()).isEqualTo(Reason.REJECTED);
    }

    @Test
    @DisplayName("ERR-5 updates a letter in its place, and none that was removed")
    default void updatesWhatIsThere() {
        DeadLetterSink sink = sinks().open(10);
        add(sink, 3);
        DeadLetter failedAgain =
                letter(1).error("com.acme.Down", "no", "").attempts(4).retries(1).build();
        assertThat(sink.update(failedAgain)).isTrue();
        sinks().assertSame(sink.get("letter-1"), failedAgain);
        assertThat(ids(sink)).containsExactly("letter-2", "letter-1", "letter-0");
        sink.remove("letter-1");
        assertThat(sink.update(failedAgain)).as("a letter that was removed").isFalse();
        assertThat(ids(sink)).containsExactly("letter-2", "letter-0");
    }

    @Test
    @DisplayName("ERR-5 counts a retry with its time, up to the ceiling")
    default void countsRetries() {
        DeadLetterSink sink = sinks().open(10);
        add(sink, 3);
        DeadLetter first = sink.startRetry("letter-1", 2, minute(10));
        sinks().assertSame(first, letter(1).retries(1).lastTime(minute(10)).build());
        sinks().assertSame(sink.get("letter-1"), first);
        DeadLetter second = sink.startRetry("letter-1", 2, minute(11));
        assertThat(second.retries()).isEqualTo(2);
        assertThat(sink.startRetry("letter-1", 2, minute(12))).as("past the ceiling").isNull();
        sinks().assertSame(sink.get("letter-1"), second);
        assertThat(sink.startRetry("letter-9", 2, minute(12))).as("not there").isNull();
        assertThat(ids(sink)).containsExactly("letter-2", "letter-1", "letter-0");
    }

    @Test
    @DisplayName("ERR-5 callers that retry one letter at once pass the ceiling never")
    default void countsRetriesOfManyCallers() {
        DeadLetterSink sink = sinks().open(10);
        add(sink, 1);
        List<Integer> numbers = new ArrayList<>();
        for (List<Integer> own :
                sinks().plugins()
                        .inParallel(
                                thread -> {
                                    List<Integer> mine = new ArrayList<>();
                                    for (int i = 0; i < 10; i++) {
                                        DeadLetter got = sink.startRetry("letter-0", 30, minute(i));
                                        if (got != null) {
                                            mine.add(got.retries());
                                        }
                                    }
                                    return mine;
                                })) {
            numbers.addAll(own);
        }
        assertThat(numbers).as("retries that callers were given").hasSize(30);
        assertThat(numbers).as("each number once").doesNotHaveDuplicates();
        assertThat(sink.get("letter-0").retries()).isEqualTo(30);
    }

    @Test
    @DisplayName("ERR-5 removes one letter")
    default void removesOne() {
        DeadLetterSink sink = sinks().open(10);
        add(sink, 3);
        assertThat(sink.remove("letter-1")).isTrue();
        assertThat(sink.remove("letter-1")).as("again").isFalse();
        assertThat(ids(sink)).containsExactly("letter-2", "letter-0");
        assertThat(sink.size()).isEqualTo(2);
        assertThat(sink.evicted()).as("removing is not evicting").isZero();
    }

    @Test
    @DisplayName("ERR-5 clears what is selected, what is old, or all")
    default void clearsWhatIsSelected() {
        DeadLetterSink sink = sinks().open(10);
        add(sink, 6);
        assertThat(sink.clear(Filter.builder().handler("handler-3").build())).isEqualTo(1);
        assertThat(sink.clear(Filter.builder().until(minute(2)).build())).isEqualTo(2);
        assertThat(ids(sink)).containsExactly("letter-5", "letter-4", "letter-2");
        assertThat(sink.clear(Filter.builder().reason(Reason.OVERFLOW).build())).isZero();
        assertThat(sink.clear(Filter.all())).isEqualTo(3);
        assertThat(sink.size()).isZero();
        assertThat(ids(sink)).isEmpty();
        assertThat(sink.evicted()).as("clearing is not evicting").isZero();
        sink.add(letter(1).build());
        assertThat(ids(sink)).as("it goes on").containsExactly("letter-1");
    }
}
