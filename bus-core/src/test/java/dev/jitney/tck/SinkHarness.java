// SPDX-License-Identifier: Apache-2.0
package dev.jitney.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.DeadLetter;
import dev.jitney.event.DeadLetter.Reason;
import dev.jitney.event.Event;
import dev.jitney.spi.DeadLetterSink;
import dev.jitney.spi.DeadLetterSink.Filter;
import dev.jitney.spi.PluginContext;
import java.time.Instant;
import java.util.List;
import java.util.function.BiFunction;

/** Holds the sinks of one test and shortens what the rules say often. */
public final class SinkHarness {

    /** The time of letter 0; that of letter n is n minutes later. */
    static final Instant START = Instant.parse("2026-03-04T05:06:07.089Z");

    private final PluginHarness plugins = new PluginHarness();
    private final BiFunction<Integer, PluginContext, DeadLetterSink> factory;
    private final boolean durable;

    SinkHarness(BiFunction<Integer, PluginContext, DeadLetterSink> factory, boolean durable) {
        this.factory = factory;
        this.durable = durable;
    }

    DeadLetterSink open(int bound) {
        return plugins.keep(factory.apply(bound, plugins.context()));
    }

    boolean durable() {
        return durable;
    }

    PluginHarness plugins() {
        return plugins;
    }

    static Instant minute(int n) {
        return START.plusSeconds(60L * n);
    }

    /** Letter n: of topic {@code letter.n} and handler {@code handler-n}, failed at minute n. */
    static DeadLetter.Builder letter(int n) {
        Event event =
                Event.builder("letter." + n)
                        .id("event-" + n)
                        .source("/tck/letters")
                        .time(minute(n).minusSeconds(1))
                        .payload("payload " + n)
                        .build();
        return DeadLetter.builder(event, Reason.HANDLER_ERROR)
                .id("letter-" + n)
                .handler("handler-" + n)
                .attempts(1)
                .firstTime(minute(n))
                .lastTime(minute(n));
    }

    /** Adds letters 0 to n - 1. */
    static void add(DeadLetterSink sink, int n) {
        for (int i = 0; i < n; i++) {
            assertThat(sink.add(letter(i).build())).as("evicted for letter %s", i).isEmpty();
        }
    }

    static List<String> ids(List<DeadLetter> letters) {
        return letters.stream().map(DeadLetter::id).toList();
    }

    static List<String> ids(DeadLetterSink sink) {
        return ids(sink.list(Filter.all(), Integer.MAX_VALUE));
    }

    static List<String> ids(DeadLetterSink sink, Filter.Builder filter) {
        return ids(sink.list(filter.build(), Integer.MAX_VALUE));
    }

    /** Fails unless both letters are equal in everything, and their events in every attribute. */
    void assertSame(DeadLetter actual, DeadLetter expected) {
        String about = "letter '" + expected.id() + "'";
        assertThat(actual).as(about).isNotNull();
        EventShapes.assertSame(plugins.context().eventFormat(), actual.event(), expected.event());
        assertThat(actual.toBuilder().build().toString()).as(about).isEqualTo(expected.toString());
        assertThat(actual.stack()).as("%s: stack", about).isEqualTo(expected.stack());
        assertThat(actual.errorMessage())
                .as("%s: message", about)
                .isEqualTo(expected.errorMessage());
        assertThat(actual.firstTime()).as("%s: first time", about).isEqualTo(expected.firstTime());
        assertThat(actual.lastTime()).as("%s: last time", about).isEqualTo(expected.lastTime());
    }

    void close() throws Exception {
        plugins.close();
    }
}
