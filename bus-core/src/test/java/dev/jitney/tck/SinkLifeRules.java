// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import static dev.jitney.tck.SinkHarness.add;
import static dev.jitney.tck.SinkHarness.ids;
import static dev.jitney.tck.SinkHarness.letter;
import static dev.jitney.tck.SinkHarness.minute;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jitney.spi.DeadLetterSink;
import dev.jitney.spi.DeadLetterSink.Filter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** ERR-5: threads, closing and opening again. */
interface SinkLifeRules extends SinkRules {

    @Test
    @DisplayName("ERR-5 loses no letter of several threads, and keeps each thread's order")
    default void keepsTheLettersOfManyThreads() {
        int each = 25;
        DeadLetterSink sink = sinks().open(PluginHarness.THREADS * each);
        sinks().plugins()
                .inParallel(
                        thread -> {
                            for (int i = 0; i < each; i++) {
                                String id = thread + "-" + (1000 + i);
                                assertThat(sink.add(letter(i).id(id).build())).isEmpty();
                            }
                            return true;
                        });
        List<String> all = ids(sink);
        assertThat(all).hasSize(PluginHarness.THREADS * each).doesNotHaveDuplicates();
        for (int thread = 0; thread < PluginHarness.THREADS; thread++) {
            String start = thread + "-";
            List<String> own = all.stream().filter(id -> id.startsWith(start)).toList();
            assertThat(own).as("letters of thread %s", thread).hasSize(each);
            assertThat(own).isSortedAccordingTo((a, b) -> b.compareTo(a));
        }
    }

    @Test
    @DisplayName("ERR-5 is never over its bound, whatever threads do")
    default void keepsItsBoundUnderThreads() {
        DeadLetterSink sink = sinks().open(10);
        List<List<String>> evicted =
                sinks().plugins()
                        .inParallel(
                                thread -> {
                                    List<String> own = new ArrayList<>();
                                    for (int i = 0; i < 20; i++) {
                                        String id = thread + "-" + i;
                                        own.addAll(ids(sink.add(letter(i).id(id).build())));
                                        assertThat(sink.size()).isLessThanOrEqualTo(10);
                                    }
                                    return own;
                                });
        List<String> gone = evicted.stream().flatMap(List::stream).toList();
        assertThat(gone).hasSize(PluginHarness.THREADS * 20 - 10).doesNotHaveDuplicates();
        assertThat(gone).doesNotContainAnyElementsOf(ids(sink));
        assertThat(sink.evicted()).isEqualTo(gone.size());
    }

    @Test
    @DisplayName("ERR-5 keeps letters over a restart exactly if it is durable")
    default void keepsLettersOverARestart() {
        DeadLetterSink sink = sinks().open(4);
        add(sink, 4);
        sink.add(letter(4).build());
        sink.startRetry("letter-2", 5, minute(20));
        sink.remove("letter-3");
        sink.close();
        DeadLetterSink again = sinks().open(4);
        if (!sinks().durable()) {
            assertThat(again.size()).as("letters of a sink that is not durable").isZero();
            return;
        }
        assertThat(ids(again)).containsExactly("letter-4", "letter-2", "letter-1");
        sinks().assertSame(
                        again.get("letter-2"), letter(2).retries(1).lastTime(minute(20)).build());
        assertThat(again.add(letter(8).build())).isEmpty();
        assertThat(ids(again.add(letter(9).build()))).containsExactly("letter-1");
    }

    @Test
    @DisplayName("ERR-5 refuses every call after closing, which is harmless twice")
    default void refusesCallsAfterClosing() {
        DeadLetterSink sink = sinks().open(10);
        add(sink, 1);
        sink.close();
        sink.close();
        Map<String, ThrowingCallable> calls = new LinkedHashMap<>();
        calls.put("add", () -> sink.add(letter(1).build()));
        calls.put("size", sink::size);
        calls.put("bound", sink::bound);
        calls.put("evicted", sink::evicted);
        calls.put("list", () -> sink.list(Filter.all(), 1));
        calls.put("get", () -> sink.get("letter-0"));
        calls.put("update", () -> sink.update(letter(0).build()));
        calls.put("startRetry", () -> sink.startRetry("letter-0", 1, minute(1)));
        calls.put("remove", () -> sink.remove("letter-0"));
        calls.put("clear", () -> sink.clear(Filter.all()));
        calls.put("stats", sink::stats);
        calls.forEach(
                (name, call) ->
                        assertThatThrownBy(call)
                                .as("%s after closing", name)
                                .isInstanceOf(IllegalStateException.class)
                                .message()
                                .as("what %s says", name)
                                .isNotBlank());
    }
}
