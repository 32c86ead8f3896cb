// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Finds the segments of a store: of each base the latest generation, oldest first. */
final class Segments {

    /** So many names the system gives in one step, in which nothing changes. */
    private static final int ONE_STEP = 128;

    private static final int TRIES = 20;

    private Segments() {}

    /**
     * Says whether the log has something behind a segment, so that if this is gone a purge has
     * taken it: the last one is never taken.
     */
    static boolean goesOnFrom(Disk disk, SegmentName segment) throws IOException {
        return list(disk).stream().anyMatch(other -> other.compareTo(segment) > 0);
    }

    /**
     * Lists them. The names in a large folder come in several steps, and a segment that a purge
     * replaces between two of them may be seen neither as it was nor as it is: what is seen twice
     * is all there is.
     */
    static List<SegmentName> list(Disk disk) throws IOException {
        List<String> files = disk.list(SegmentName.FOLDER);
        List<SegmentName> seen = newest(files);
        for (int i = 1; files.size() > ONE_STEP && i < TRIES; i++) {
            files = disk.list(SegmentName.FOLDER);
            List<SegmentName> again = newest(files);
            if (again.equals(seen)) {
                break;
            }
            seen = again;
        }
        return seen;
    }

    private static List<SegmentName> newest(List<String> files) {
        TreeMap<Long, SegmentName> byBase = new TreeMap<>();
        for (String file : files) {
            SegmentName name = SegmentName.ofLog(file);
            if (name != null) {
                SegmentName known = byBase.get(name.base());
                if (known == null || known.compareTo(name) < 0) {
                    byBase.put(name.base(), name);
                }
            }
        }
        return new ArrayList<>(byBase.values());
    }
}
