// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/** Reads a log in the plainest way there is, as the oracle of the crash tests. */
final class ReadBack {

    /** The committed lines by offset, without marks. */
    final TreeMap<Long, String> lines = new TreeMap<>();

    /** What does not hold. */
    final List<String> problems = new ArrayList<>();

    ReadBack(Disk disk) throws IOException {
        long next = -1;
        for (SegmentName name : Segments.list(disk)) {
            Sidecar sidecar = Sidecar.open(disk, name, false);
            try (StoreFile log = disk.open(name.log(), false)) {
                long end = 0;
                for (int slot = 0; slot < sidecar.count(); slot++) {
                    if (!sidecar.valid(slot)) {
                        problems.add("slot " + slot + " of " + name + " is not valid");
                        continue;
                    }
                    if (next >= 0 && sidecar.firstOffset(slot) != next) {
                        problems.add(
                                name
                                        + " slot "
                                        + slot
                                        + ": offset "
                                        + sidecar.firstOffset(slot)
                                        + ", expected "
                                        + next);
                    }
                    if (sidecar.isSeal(slot)) {
                        next = sidecar.firstOffset(slot);
                        continue;
                    }
                    next = sidecar.firstOffset(slot) + sidecar.events(slot);
                    if (sidecar.position(slot) != end) {
                        problems.add(name + " slot " + slot + " does not adjoin");
                    }
                    end = sidecar.position(slot) + sidecar.length(slot);
                    batch(log, sidecar, slot, name);
                }
                if (log.size() != end) {
                    problems.add(name + " has " + log.size() + " bytes, " + end + " are committed");
                }
            }
        }
    }

    private void batch(StoreFile log, Sidecar sidecar, int slot, SegmentName name)
            throws IOException {
        int length = (int) sidecar.length(slot);
        ByteBuffer bytes = ByteBuffer.allocate(length);
        if (log.read(bytes, sidecar.position(slot)) != length) {
            problems.add(name + " slot " + slot + " is cut off");
            return;
        }
        int brace = length - BatchMark.TRAILER;
        CRC32C crc = new CRC32C();
        crc.update(bytes.array(), 0, brace);
        if ((int) crc.getValue() != sidecar.crc(slot)
                || BatchMark.read(bytes.array(), brace) != sidecar.crc(slot)) {
            problems.add(name + " slot " + slot + " has another checksum");
        }
        String[] split =
                new String(bytes.array(), 0, brace, StandardCharsets.UTF_8).split("\n", -1);
        if (split.length != sidecar.events(slot)) {
            problems.add(name + " slot " + slot + " has " + split.length + " lines");
        }
        for (int i = 0; i < split.length; i++) {
            lines.put(sidecar.firstOffset(slot) + i, split[i]);
        }
    }
}
