// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Changes of many files that happen all or not at all (STO-6). What is to be renamed and removed is
 * written into one file, which is forced and renamed into its place: that is the commit point. Then
 * it is done, and the file is removed. Whoever opens the store for appending does the rest of what
 * a killed process has left.
 *
 * <p>Each step is harmless when it was done already, and each leaves every segment whole: a sidecar
 * comes before its log, by which readers find a segment, and an old log goes before its sidecar.
 *
 * <p><b>Threads.</b> Everything here is done under the append lock, drafts excepted.
 */
final class Purges {

    static final String JOURNAL = SegmentName.FOLDER + "/purge.json";

    private static final long MOST_BYTES = 64 << 20;
    private static final String REMOVE = "";

    private final Disk disk;
    private final Map<String, String> steps = new LinkedHashMap<>();

    Purges(Disk disk) {
        this.disk = disk;
    }

    boolean isEmpty() {
        return steps.isEmpty();
    }

    /** Plans to put a finished generation into the place of the one before. */
    void replace(SegmentName old, SegmentName by, String sidecarDraft, String logDraft) {
        steps.put(sidecarDraft, by.sidecar());
        steps.put(logDraft, by.log());
        remove(old);
    }

    /** Plans to remove a segment with all that is derived from it. */
    void remove(SegmentName segment) {
        steps.put(segment.log(), REMOVE);
        steps.put(segment.sidecar(), REMOVE);
        // Behind the log: who makes an index looks, when it is made, whether the log is still
        // there.
        steps.put(segment.index(), REMOVE);
    }

    /** Does what was planned. When this fails, it may have been done or not, or still will be. */
    void commit() throws IOException {
        steps.put(TopicSummary.FILE, REMOVE);
        disk.forceFolder(SegmentName.FOLDER);
        SmallFile.replace(disk, JOURNAL, FlatJson.write(steps));
        disk.forceFolder(SegmentName.FOLDER);
        apply(disk, steps);
    }

    /** Finishes what a killed process had committed, and clears away what it had not. */
    static void recover(Disk disk) throws IOException {
        if (disk.exists(JOURNAL)) {
            try {
                apply(disk, FlatJson.parse(SmallFile.read(disk, JOURNAL, MOST_BYTES)));
            } catch (IllegalArgumentException e) {
                // Each segment is whole by itself, so the store can go on with some of it done.
                disk.rename(JOURNAL, JOURNAL + ".damaged");
                Logs.of(Purges.class)
                        .log(
                                System.Logger.Level.WARNING,
                                "{0} is damaged ({1}) and kept as {0}.damaged: a purge that was killed is"
                                        + " not finished. Purge again.",
                                JOURNAL,
                                e.getMessage());
            }
        }
        Drafts.sweep(disk, SegmentName.FOLDER);
        Drafts.sweep(disk, SegmentName.INDEX_FOLDER);
    }

    private static void apply(Disk disk, Map<String, String> steps) throws IOException {
        for (Map.Entry<String, String> step : steps.entrySet()) {
            if (step.getValue().equals(REMOVE)) {
                disk.delete(step.getKey());
            } else if (disk.exists(step.getKey())) {
                disk.rename(step.getKey(), step.getValue());
            } else if (!disk.exists(step.getValue())) {
                // What comes next would remove the only copy there is.
                throw new IOException(
                        "a purge cannot be finished, "
                                + step.getKey()
                                + " is missing; nothing more is changed");
            }
        }
        disk.forceFolder(SegmentName.FOLDER);
        disk.delete(JOURNAL);
        disk.forceFolder(SegmentName.FOLDER);
    }
}
