// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.nio.file.Path;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.bytes.SyncMode;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;

/**
 * Chronicle Queue as it comes: default block size, roll cycle and indexing, no pre-touching. Its
 * events have no checksum and its files are not text.
 */
final class ChronicleLog implements EventLog {

    private final ChronicleQueue queue;
    private final Sync sync;

    /** When it is asked to bring events to the disk. */
    enum Sync {
        /** Never: the system does in its own time. */
        NEVER,
        /** Every MiB and at the end, in its default mode, which schedules and does not wait. */
        EACH_MEBIBYTE,
        /** After each event, in the mode that waits. */
        EACH_EVENT
    }

    ChronicleLog(Path folder, Sync sync) {
        this.sync = sync;
        SingleChronicleQueueBuilder builder = SingleChronicleQueueBuilder.binary(folder);
        if (sync == Sync.EACH_EVENT) {
            builder.syncMode(SyncMode.SYNC);
        }
        queue = builder.build();
    }

    static String defaultSync() {
        return SingleChronicleQueueBuilder.single().syncMode().toString();
    }

    @Override
    public Writer writer() {
        return new ChronicleWriter(queue.createAppender(), sync);
    }

    private static final class ChronicleWriter implements Writer {
        private static final int MEBIBYTE = 1 << 20;

        private final ExcerptAppender appender;
        private final Sync sync;
        private final Bytes<?> bytes = Bytes.allocateElasticDirect(1024);
        private int unsynced;

        ChronicleWriter(ExcerptAppender appender, Sync sync) {
            this.appender = appender;
            this.sync = sync;
        }

        @Override
        public void write(byte[] event) {
            bytes.clear();
            bytes.write(event);
            appender.writeBytes(bytes);
            unsynced += event.length;
            if (sync == Sync.EACH_EVENT || sync == Sync.EACH_MEBIBYTE && unsynced >= MEBIBYTE) {
                appender.sync();
                unsynced = 0;
            }
        }

        @Override
        public void finish() {
            if (sync != Sync.NEVER) {
                appender.sync();
            }
            appender.close();
            bytes.releaseLast();
        }
    }

    @Override
    public long[] readBack() {
        long count = 0;
        long sum = 0;
        byte[] event = new byte[EncodedLine.LENGTH];
        Bytes<?> bytes = Bytes.allocateElasticDirect(1024);
        try (ExcerptTailer tailer = queue.createTailer()) {
            while (tailer.readBytes(bytes.clear())) {
                bytes.read(event);
                sum += EncodedLine.numberIn(event, 0, event.length);
                count++;
            }
        } finally {
            bytes.releaseLast();
        }
        return new long[] {count, sum};
    }

    ChronicleQueue queue() {
        return queue;
    }

    @Override
    public void close() {
        queue.close();
    }
}
