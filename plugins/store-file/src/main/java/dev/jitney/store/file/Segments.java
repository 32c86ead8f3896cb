// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Finds the segments of a store: of each base the latest generation, oldest first. */
final class Segments {

    private Segments() {}

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
