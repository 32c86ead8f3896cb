// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.engine.wire.CloudEventsFormatKt;
import dev.jitney.spi.EventFormat;
import dev.jitney.spi.EventStore;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.PluginContext;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/** Contexts of stores for tests, with a clock that the test moves. */
final class Contexts {

    /** Stands still until it is moved. */
    static final class TestClock implements InstantSource {
        private final AtomicReference<Instant> now =
                new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));

        @Override
        public Instant instant() {
            return now.get();
        }

        void advance(Duration by) {
            now.updateAndGet(instant -> instant.plus(by));
        }
    }

    private Contexts() {}

    /** Returns the engine's wire form, as a bus hands it to its store. */
    static EventFormat format() {
        return CloudEventsFormatKt.cloudEventsFormat(List.of());
    }

    /** Opens a store as a bus does, with options of its own: their names, each with its value. */
    static EventStore open(Path directory, InstantSource clock, String... options) {
        PluginContext context =
                new PluginContext() {
                    @Override
                    public EventFormat eventFormat() {
                        return format();
                    }

                    @Override
                    public InstantSource clock() {
                        return clock;
                    }
                };
        Map<String, String> config = new HashMap<>(Map.of("location", directory.toString()));
        for (int i = 0; i < options.length; i += 2) {
            config.put(options[i], options[i + 1]);
        }
        return new FileEventStoreProvider()
                .create(PluginConfig.of("store 'file'", config, context));
    }

    static StoreContext of(Path directory, EventFormat format, InstantSource clock) {
        return of(directory, format, clock, StoreConfig.RetentionRule.NONE);
    }

    static StoreContext of(
            Path directory,
            EventFormat format,
            InstantSource clock,
            StoreConfig.RetentionRule retention) {
        StoreConfig config =
                new StoreConfig(
                        directory,
                        true,
                        "test",
                        StoreConfig.DEFAULT_SEGMENT,
                        StoreConfig.DEFAULT_MAX_EVENT,
                        Duration.ofSeconds(10),
                        retention,
                        false);
        BusDirectory bus = BusDirectory.open(config, clock.instant());
        return new StoreContext(new NioDisk(bus.path()), bus, config, format, clock);
    }

    static StoreContext on(StoreContext context, Disk disk) {
        return new StoreContext(
                disk, context.directory(), context.config(), context.format(), context.clock());
    }
}
