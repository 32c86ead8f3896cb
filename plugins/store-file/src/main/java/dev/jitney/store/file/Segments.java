// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Finds the segments of a store: of each base the latest generation, oldest first. */
final class Segments {

    private Segments() {}

    /**
     * Says whether the log has something behind a segment, so that if this is gone a purge has
     * taken it: the last one is never taken.
     */
    static boolean goesOnFrom(Disk disk, SegmentName segment) throws IOException {
        return list(disk).stream().anyMatch(other -> other.compareTo(segment) > 0);
    }

    static List<SegmentName> list(Disk disk) throws IOException {
        TreeMap<Long, SegmentName> byBase = new TreeMap<>();
        for (String file : disk.list(SegmentName.FOLDER)) {
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
