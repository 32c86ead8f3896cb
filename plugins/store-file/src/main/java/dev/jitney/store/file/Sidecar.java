// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The commit records of one segment: a file of 32-byte slots, mapped by all who use it. Slot 0 is
 * the header; each later one describes a batch of the log, in order; zeroes follow, made ahead of
 * need so that a full disk shows before anything is written.
 *
 * <pre>
 *   word 0   position of the batch in the log (32) | its length in bytes (32)
 *   word 1   CRC32C of the batch up to its mark (32) | how many events (32)
 *   word 2   offset of the first event (48) | time of storing, ms, high part (16)
 *   word 3   time of storing, low part (32) | CRC32C of words 0 to 2 and this word's first half (32)
 * </pre>
 *
 * INVARIANTS
 *
 * <ul>
 *   <li>A batch is committed when word 3 of its slot is not zero. It is published last, in one
 *       step, after the batch's bytes and words 0 to 2; a kill before that leaves word 3 zero.
 *   <li>Only a holder of the append lock writes. What is published never changes.
 *   <li>Batches lie one behind the other in the log: the position of one is the end of the one
 *       before. Offsets rise; they have gaps only where a purge has left some.
 *   <li>A slot of length 0 is the seal: no batch follows, and its first offset is the end offset.
 *       The next segment begins there.
 * </ul>
 *
 * <p><b>Threads.</b> An object belongs to one thread at a time; the file is shared by all.
 */
final class Sidecar {

    /** Bytes of a slot. */
    static final int SLOT = 32;

    private static final int WORDS = SLOT / 8;
    private static final long MAGIC = 0x4d55_5359_454e_5449L; // "ITNEYSUM" read backward
    private static final long FORMAT = 1;
    private static final int SEAL_CRC = 0x5ea1_ed00;
    private static final int FIRST_BYTES = 32 * 1024;
    private static final int MOST_GROWTH = 1024 * 1024;
    private static final long OFFSET_LIMIT = 1L << 48;

    private final Disk disk;
    private final SegmentName name;
    private final String path;
    private final boolean writable;
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer scratch =
            ByteBuffer.allocate(SLOT).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    private Words words;
    private int count;
    private boolean outdated;

    private Sidecar(Disk disk, SegmentName name, String path, Words words, boolean writable) {
        this.disk = disk;
        this.name = name;
        this.path = path;
        this.words = words;
        this.writable = writable;
    }

    /** Makes an empty sidecar, in place of one that may be there. */
    static Sidecar create(Disk disk, SegmentName name) throws IOException {
        return create(disk, name, name.sidecar());
    }

    /** Makes an empty sidecar in a file of another name, which is to be renamed when it is done. */
    static Sidecar create(Disk disk, SegmentName name, String path) throws IOException {
        try (StoreFile file = disk.create(path)) {
            file.write(ByteBuffer.allocate(FIRST_BYTES), 0);
        }
        Sidecar sidecar = new Sidecar(disk, name, path, disk.map(path, FIRST_BYTES, true), true);
        sidecar.words.set(0, MAGIC);
        sidecar.words.set(1, FORMAT);
        sidecar.words.set(2, name.base());
        sidecar.words.publish(3, sidecar.headerCrc());
        return sidecar;
    }

    /**
     * Opens a sidecar and finds what is committed.
     *
     * @throws IOException also if the file is missing or too short to have a header
     */
    static Sidecar open(Disk disk, SegmentName name, boolean writable) throws IOException {
        String path = name.sidecar();
        Words words = disk.mapAll(path, SLOT, writable);
        if (words.count() == 0) {
            throw new IOException("the sidecar " + path + " has no header");
        }
        Sidecar sidecar = new Sidecar(disk, name, path, words, writable);
        sidecar.count = sidecar.findCount();
        return sidecar;
    }

    /** Says whether there is a sidecar that {@link #open} takes; its header may be damaged. */
    static boolean canOpen(Disk disk, SegmentName name) throws IOException {
        try (StoreFile file = disk.open(name.sidecar(), false)) {
            return file.size() >= SLOT;
        } catch (java.nio.file.NoSuchFileException e) {
            return false;
        }
    }

    /** Says whether the header is as it was written. */
    boolean headerValid() {
        return words.get(0) == MAGIC
                && words.get(1) == FORMAT
                && words.get(2) == name.base()
                && words.get(3) == headerCrc();
    }

    /** Returns how many slots behind the header are known to be published, the seal included. */
    int count() {
        return count;
    }

    /**
     * Says whether the file was removed while more may have been published than is mapped here: the
     * segment is closed by now, and what it held is gone or in its next generation.
     */
    boolean outdated() {
        return outdated;
    }

    /** Takes in what was published since; says whether there was anything. */
    boolean refresh() throws IOException {
        int before = count;
        while (true) {
            while (count < capacity() && words.get(word(count) + 3) != 0) {
                count++;
            }
            if (count < capacity() || !remap()) {
                return count > before;
            }
        }
    }

    /**
     * Takes in slots behind a hole that damage has torn into the published ones; for readers of a
     * segment that has no seal, which would miss all that is behind it. The slots in the hole are
     * not valid.
     */
    void bridgeHole() throws IOException {
        int last = -1;
        for (int slot = count + 1; slot < capacity(); slot++) {
            if (words.get(word(slot) + 3) != 0) {
                last = slot;
            }
        }
        // What was published meanwhile is no hole.
        refresh();
        if (last >= count && words.get(word(count) + 3) == 0) {
            count = last + 1;
        }
    }

    /** Says whether a slot is as it was written. */
    boolean valid(int slot) {
        int w = word(slot);
        return (int) words.get(w + 3)
                == slotCrc(words.get(w), words.get(w + 1), words.get(w + 2), words.get(w + 3));
    }

    boolean isSeal(int slot) {
        return length(slot) == 0 && crc(slot) == SEAL_CRC && valid(slot);
    }

    /** Says whether the last slot that is known is the seal. */
    boolean sealed() {
        return count > 0 && isSeal(count - 1);
    }

    long position(int slot) {
        return words.get(word(slot)) >>> 32;
    }

    long length(int slot) {
        return words.get(word(slot)) & 0xffff_ffffL;
    }

    int crc(int slot) {
        return (int) (words.get(word(slot) + 1) >>> 32);
    }

    int events(int slot) {
        return (int) words.get(word(slot) + 1);
    }

    long firstOffset(int slot) {
        return words.get(word(slot) + 2) >>> 16;
    }

    /**
     * Returns the offset behind the slot's last event; a seal has none, and carries the end itself.
     */
    long endOffset(int slot) {
        return firstOffset(slot) + events(slot);
    }

    long storedMillis(int slot) {
        return (words.get(word(slot) + 2) & 0xffff) << 32 | words.get(word(slot) + 3) >>> 32;
    }

    /** Returns the word that no other slot is likely to have, to recognise it by. */
    long fingerprint(int slot) {
        return words.get(word(slot) + 3);
    }

    /** Makes sure that two more slots can be published, whatever happens to the disk. */
    void reserve() throws IOException {
        if (count + 2 > capacity()) {
            long old = (long) words.count() * 8;
            long size = old + Math.min(old, MOST_GROWTH);
            try (StoreFile file = disk.open(path, true)) {
                // Another process may have grown it already; what it wrote must not be zeroed.
                long there = file.size();
                if (there < size) {
                    file.write(ByteBuffer.allocate((int) (size - there)), there);
                }
            }
            words = disk.map(path, size, true);
        }
    }

    /** Publishes a batch; {@link #reserve} was called before. */
    void publish(
            long position, int length, int batchCrc, int events, long firstOffset, long millis) {
        publish(position << 32 | length, (long) batchCrc << 32 | events, firstOffset, millis);
    }

    /** Publishes the seal; {@link #reserve} was called before. */
    void seal(long position, long endOffset, long millis) {
        publish(position << 32, (long) SEAL_CRC << 32, endOffset, millis);
    }

    /**
     * Takes back all slots from this one on: for recovery, under the append lock. Behind a slot
     * that a loss of power has taken there may be later ones that it has left.
     */
    void cut(int slot) {
        // From the last to the first, so that a kill on the way leaves no hole.
        for (int s = capacity() - 1; s >= slot; s--) {
            int w = word(s);
            if ((words.get(w) | words.get(w + 1) | words.get(w + 2) | words.get(w + 3)) != 0) {
                words.publish(w + 3, 0);
                words.set(w, 0);
                words.set(w + 1, 0);
                words.set(w + 2, 0);
            }
        }
        count = Math.min(count, slot);
    }

    void force() throws IOException {
        words.force();
    }

    private void publish(long word0, long word1, long firstOffset, long millis) {
        if (firstOffset >= OFFSET_LIMIT) {
            throw new IllegalStateException("the log has no offset above " + (OFFSET_LIMIT - 1));
        }
        int w = word(count);
        long word2 = firstOffset << 16 | (millis >>> 32 & 0xffff);
        long half = millis << 32;
        long word3 = half | slotCrc(word0, word1, word2, half) & 0xffff_ffffL;
        words.set(w, word0);
        words.set(w + 1, word1);
        words.set(w + 2, word2);
        words.publish(w + 3, word3);
        count++;
    }

    private int slotCrc(long word0, long word1, long word2, long word3) {
        scratch.clear();
        scratch.putLong(word0).putLong(word1).putLong(word2).putInt((int) (word3 >>> 32));
        crc.reset();
        crc.update(scratch.array(), 0, SLOT - 4);
        int value = (int) crc.getValue();
        // Zero would look unpublished together with a low half of zero.
        return value == 0 ? 1 : value;
    }

    private long headerCrc() {
        return slotCrc(MAGIC, FORMAT, name.base(), 0) & 0xffff_ffffL;
    }

    // The published slots form a prefix: find its end by halving, then take in what came meanwhile.
    private int findCount() throws IOException {
        int low = 0;
        int high = capacity();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (words.get(word(middle) + 3) != 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        count = low;
        refresh();
        return count;
    }

    private boolean remap() throws IOException {
        long bytes;
        try (StoreFile file = disk.open(path, false)) {
            bytes = file.size() / SLOT * SLOT;
        } catch (java.nio.file.NoSuchFileException e) {
            outdated = true;
            return false;
        }
        if (bytes <= (long) words.count() * 8) {
            return false;
        }
        words = disk.map(path, bytes, writable);
        return true;
    }

    private int capacity() {
        return words.count() / WORDS - 1;
    }

    private static int word(int slot) {
        return (slot + 1) * WORDS;
    }
}
