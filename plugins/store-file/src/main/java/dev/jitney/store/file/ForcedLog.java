// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;

/**
 * Forces the log for those who write offsets of it down: after a loss of power no cursor may be
 * ahead of its log, or it would pass over what is stored next (DSU-2).
 *
 * <p><b>Threads.</b> Safe for concurrent use.
 */
final class ForcedLog {

    private final Disk disk;
    private long forced;

    ForcedLog(Disk disk) {
        this.disk = disk;
    }

    /**
     * Returns when every event below an offset is on the disk, whoever has appended it. That is
     * known already as a rule, since a bus has what it appends forced soon.
     */
    synchronized void below(long offset) throws IOException {
        if (forced < offset) {
            forced = Math.max(forced, SharedState.openForReading(disk).durable());
        }
        if (forced >= offset) {
            return;
        }
        List<SegmentName> segments = Segments.list(disk);
        // A file that its folder does not know after the loss is none.
        disk.forceFolder(SegmentName.FOLDER);
        for (int i = 0; i < segments.size(); i++) {
            boolean older = i + 1 < segments.size() && segments.get(i + 1).base() <= forced;
            if (!older && segments.get(i).base() < offset) {
                force(segments.get(i));
            }
        }
        forced = offset;
    }

    private void force(SegmentName segment) throws IOException {
        try (StoreFile log = disk.open(segment.log(), true)) {
            log.force();
        } catch (NoSuchFileException e) {
            return; // removed by retention or a purge, which forces what it writes
        }
    }
}
