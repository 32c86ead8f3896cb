// SPDX-License-Identifier: Apache-2.0
package dev.jitney.audit.file;

import dev.jitney.EventBus;
import dev.jitney.EventBusBuilder;
import dev.jitney.spi.InterceptorProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A directory with an audit log, and buses that write to it. */
final class Audited {

    static final Duration LONG = Duration.ofSeconds(20);

    final Path path;

    Audited(Path directory) {
        path = directory.resolve("deep").resolve("events.jsonl");
    }

    EventBusBuilder builder(String... options) {
        Map<String, String> config = new HashMap<>(Map.of("path", path.toString()));
        for (int i = 0; i < options.length; i += 2) {
            config.put(options[i], options[i + 1]);
        }
        return EventBus.builder("shop")
                .discoverPlugins()
                .plugin(InterceptorProvider.class, "audit-file", config);
    }

    AuditLog log() {
        return AuditLog.at(path, EventBus.builder("reader").eventFormat());
    }

    /** Returns all files but the lock, by name. */
    List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(path.getParent())) {
            return all.filter(one -> one.toString().endsWith(".jsonl")).sorted().toList();
        }
    }

    List<String> lines() throws IOException {
        List<String> lines = new ArrayList<>();
        for (Path file : files()) {
            lines.addAll(Files.readAllLines(file));
        }
        return lines;
    }
}
