// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.spi.PluginConfig;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The options of a file store, each with its key.
 *
 * @param directory {@code location}: the bus directory
 * @param create {@code create}: whether to make the directory when it is missing
 * @param name {@code name}: the bus's name when the directory is made; null for the folder's name
 * @param segmentBytes {@code segment-size}: a segment that would grow beyond this is closed first
 * @param maxEventBytes {@code max-event-size}: the largest event that is taken, encoded
 * @param lockTimeout {@code lock-timeout}: how long to wait for the append lock
 * @param retention how long events are kept
 * @param allowSharedDirectory {@code allow-shared-directory}: whether a directory that its group
 *     may write to is taken
 */
record StoreConfig(
        Path directory,
        boolean create,
        @Nullable String name,
        long segmentBytes,
        long maxEventBytes,
        Duration lockTimeout,
        RetentionRule retention,
        boolean allowSharedDirectory) {

    static final long DEFAULT_SEGMENT = 64L << 20;
    static final long DEFAULT_MAX_EVENT = 8L << 20;

    /**
     * How long events are kept; 0 stands for no limit. Whole segments are removed, oldest first.
     *
     * @param age {@code retention.age}: since an event was stored
     * @param bytes {@code retention.size}: of the whole log
     * @param events {@code retention.count}: in the whole log
     * @param ignoreCursors {@code retention.ignore-cursors}: remove also what a cursor still needs
     * @param cursorIdle {@code cursor.idle}: a cursor unused for longer holds nothing back
     */
    record RetentionRule(
            Duration age, long bytes, long events, boolean ignoreCursors, Duration cursorIdle) {

        static final RetentionRule NONE =
                new RetentionRule(Duration.ZERO, 0, 0, false, Duration.ofDays(30));

        boolean keepsAll() {
            return age.isZero() && bytes == 0 && events == 0;
        }
    }

    static StoreConfig read(PluginConfig config) {
        Path directory = config.path("location");
        if (directory == null) {
            config.problem("'location' is missing, expected the path of the bus directory");
        }
        RetentionRule retention =
                new RetentionRule(
                        config.duration("retention.age", Duration.ZERO),
                        config.bytes("retention.size", 0, 0, Long.MAX_VALUE),
                        config.number("retention.count", 0, 0, Long.MAX_VALUE),
                        config.bool("retention.ignore-cursors", false),
                        config.duration("cursor.idle", Duration.ofDays(30)));
        StoreConfig result =
                new StoreConfig(
                        directory == null ? Path.of("") : directory,
                        config.bool("create", true),
                        config.string("name"),
                        config.bytes("segment-size", DEFAULT_SEGMENT, 4 << 10, 1L << 30),
                        config.bytes("max-event-size", DEFAULT_MAX_EVENT, 1 << 10, 256L << 20),
                        config.duration("lock-timeout", Duration.ofSeconds(10)),
                        retention,
                        config.bool("allow-shared-directory", false));
        config.check();
        return result;
    }
}
