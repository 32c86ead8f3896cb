// SPDX-License-Identifier: Apache-2.0
package dev.jitney.deadletter.file;

import dev.jitney.event.DeadLetter;
import dev.jitney.event.DeadLetter.Reason;
import dev.jitney.event.Event;
import dev.jitney.spi.DeadLetterSink;
import dev.jitney.spi.DeadLetterSink.Filter;
import dev.jitney.spi.PluginConfig;
import dev.jitney.tck.TckContext;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the tests say often. */
final class Sinks {

    static final Instant NOON = Instant.parse("2026-03-04T12:00:00Z");

    private Sinks() {}

    /** Opens a sink; options are a key and a value each. */
    static DeadLetterSink open(Path directory, String... options) {
        Map<String, String> values = new HashMap<>();
        values.put("directory", directory.toString());
        for (int i = 0; i < options.length; i += 2) {
            values.put(options[i], options[i + 1]);
        }
        return new FileDeadLetterSinkProvider()
                .create(PluginConfig.of("dead-letter sink 'file'", values, new TckContext()));
    }

    /** A letter whose line has about that many bytes. */
    static DeadLetter letter(String id, int bytes) {
        Event event = Event.builder("order.placed").source("shop").id("event of " + id).build();
        return DeadLetter.builder(event, Reason.HANDLER_ERROR)
                .id(id)
                .handler("mail")
                .error("com.acme.Down", "no answer", "x".repeat(bytes))
                .attempts(3)
                .lastTime(NOON)
                .build();
    }

    static List<String> ids(DeadLetterSink sink) {
        return sink.list(Filter.all(), Integer.MAX_VALUE).stream().map(DeadLetter::id).toList();
    }
}
