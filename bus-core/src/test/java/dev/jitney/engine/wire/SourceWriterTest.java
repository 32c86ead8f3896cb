// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jitney.event.Event;
import dev.jitney.spi.EventFormat;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is kept of sources never shows in a line. */
class SourceWriterTest {

    private static final String[] SOURCES = {
        "s", "shop", "/x/y", "my shop", "my%20shop", "ü", "//host", "a".repeat(600)
    };

    @Test
    @DisplayName("EVT-4 a line is the same whatever the format has written before")
    void writesAsAFormatThatHasWrittenNothing() {
        EventFormat used = format();
        Random random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            check(used, event(random));
        }
    }

    @Test
    void isSafeForSeveralThreads() throws Exception {
        EventFormat used = format();
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            List<Future<?>> all =
                    List.of(
                            threads.submit(() -> checkMany(used, 1)),
                            threads.submit(() -> checkMany(used, 2)),
                            threads.submit(() -> checkMany(used, 3)));
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void checkMany(EventFormat used, long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            check(used, event(random));
        }
    }

    private static void check(EventFormat used, Event event) {
        assertThat(text(used, event)).isEqualTo(text(format(), event));
    }

    private static String text(EventFormat format, Event event) {
        return new String(format.encode(event), StandardCharsets.UTF_8);
    }

    /** Mostly one of two sources, and never the same object as before. */
    private static Event event(Random random) {
        int among = random.nextInt(4) == 0 ? SOURCES.length : 2;
        String source = SOURCES[random.nextInt(among)];
        return Event.builder("a.b").id("1").source(new StringBuilder(source).toString()).build();
    }

    private static EventFormat format() {
        return new WireFormat(
                new JsonMapper(
                        List.of(),
                        () -> {
                            throw new AssertionError("no payload asks for it");
                        }));
    }
}
