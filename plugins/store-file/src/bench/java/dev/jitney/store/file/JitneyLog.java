// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.EventBus;
import dev.jitney.event.JsonPayload;
import dev.jitney.event.Level;
import dev.jitney.event.StoredEvent;
import dev.jitney.spi.EventFormat;
import dev.jitney.spi.EventReader;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.PluginContext;
import dev.jitney.spi.ReadOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Our store with everything on: checksums, commit records, the lock against other processes. */
final class JitneyLog implements EventLog {

    static final EventFormat FORMAT = EventBus.builder("bench").eventFormat();

    private final FileEventStore store;
    private final Level level;
    private final boolean awaited;

    /**
     * @param awaited whether each event is waited for before the next, instead of all at the end
     */
    JitneyLog(Path folder, Level level, boolean awaited) {
        this.store = open(folder);
        this.level = level;
        this.awaited = awaited;
    }

    static FileEventStore open(Path folder) {
        return open(folder, Map.of());
    }

    static FileEventStore open(Path folder, Map<String, String> options) {
        Map<String, String> all = new java.util.HashMap<>(options);
        all.put("location", folder.toString());
        PluginContext context =
                new PluginContext() {
                    @Override
                    public EventFormat eventFormat() {
                        return FORMAT;
                    }

                    @Override
                    public InstantSource clock() {
                        return InstantSource.system();
                    }
                };
        return (FileEventStore)
                new FileEventStoreProvider().create(PluginConfig.of("store 'file'", all, context));
    }

    FileEventStore store() {
        return store;
    }

    @Override
    public Writer writer() {
        Committer committer = store.core().committer();
        return awaited ? new Awaiting(committer, level) : new Queueing(committer, level);
    }

    private record Awaiting(Committer committer, Level level) implements Writer {
        @Override
        public void write(byte[] event) {
            committer.appendAndWait(event, event.length, 1, level, Duration.ZERO);
        }

        @Override
        public void finish() {}
    }

    private static final class Queueing implements Writer {
        private final Committer committer;
        private final Level level;
        private FileAppend last;

        Queueing(Committer committer, Level level) {
            this.committer = committer;
            this.level = level;
        }

        @Override
        public void write(byte[] event) {
            last = committer.append(event, event.length, 1, level);
        }

        @Override
        public void finish() throws Exception {
            last.reached(level).toCompletableFuture().get(10, TimeUnit.MINUTES);
        }
    }

    @Override
    public long[] readBack() {
        long count = 0;
        long sum = 0;
        try (EventReader reader = store.read(ReadOptions.forward())) {
            for (StoredEvent stored = reader.next(); stored != null; stored = reader.next()) {
                JsonPayload payload = (JsonPayload) stored.event().payload();
                byte[] json = new byte[payload.length()];
                payload.copyTo(json, 0);
                sum += EncodedLine.numberIn(json, 0, json.length);
                count++;
            }
        }
        return new long[] {count, sum};
    }

    /** Returns how many batches were committed, by the commit records. */
    static long commits(Path folder) throws IOException {
        Disk disk = new NioDisk(folder);
        long commits = 0;
        for (SegmentName name : Segments.list(disk)) {
            Sidecar sidecar = Sidecar.open(disk, name, false);
            commits += sidecar.count() - (sidecar.sealed() ? 1 : 0);
        }
        return commits;
    }

    @Override
    public void close() {
        store.close();
    }
}
