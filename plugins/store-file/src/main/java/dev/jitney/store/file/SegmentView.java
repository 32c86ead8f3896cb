// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.NoSuchFileException;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One segment, opened for reading: its events in regions, each with its place in the log and its
 * offsets. Opening costs a few small reads, unless the segment is unverifiable.
 *
 * <p>A region is a batch, as the sidecar tells it. Where the sidecar is missing or does not fit the
 * log the segment is <em>unverifiable</em>: its regions are then stretches of whole lines, their
 * time of storing is 0, and offsets count from the base, up to the next segment's; if there are
 * more lines than that, the last offset stands for all that are left. See {@link PseudoRegions}.
 *
 * <p>Nothing here is written to. What is behind {@link #endPosition} may change under the reader's
 * hands; what is in front of it does not. A segment that is removed while it is open can be read
 * on.
 *
 * <p><b>Threads.</b> Belongs to one thread at a time.
 */
final class SegmentView implements Closeable {

    /** How many of the last batches are looked at before a sidecar is said not to fit. */
    private static final int PROBES = 4;

    private static final int CHUNK = 128 * 1024;

    private final Disk disk;
    private final SegmentName name;
    private final StoreFile log;
    private @Nullable Slots slots;
    private @Nullable PseudoRegions pseudo;
    // The base of the next segment, for one whose offsets are only counted.
    private long ceiling = Long.MAX_VALUE;
    private final CRC32C crc = new CRC32C();
    private byte @Nullable [] chunk;

    private SegmentView(Disk disk, SegmentName name, StoreFile log) {
        this.disk = disk;
        this.name = name;
        this.log = log;
    }

    /**
     * Opens a segment.
     *
     * @throws NoSuchFileException if it was removed, or replaced by a later generation: list again
     */
    static SegmentView open(Disk disk, SegmentName name) throws IOException {
        SegmentView view = new SegmentView(disk, name, disk.open(name.log(), false));
        try {
            view.findRegions();
            return view;
        } catch (IOException | RuntimeException e) {
            view.close();
            throw e;
        }
    }

    SegmentName name() {
        return name;
    }

    /** Says whether the checksums of this segment are there and fit it. */
    boolean verifiable() {
        return pseudo == null;
    }

    /** Says whether the segment is known to be complete. */
    boolean sealed() {
        return slots != null && slots.sealed();
    }

    /**
     * Says whether the segment was removed, or replaced by a later generation, while it may have
     * had more than is known here.
     */
    boolean outdated() {
        return slots != null && slots.outdated();
    }

    /** Takes in what was appended since; says whether there was anything, the seal included. */
    boolean refresh() throws IOException {
        if (pseudo != null) {
            return pseudo.extend(log);
        }
        if (slots == null) {
            findRegions();
            return slots != null && (slots.count() > 0 || slots.sealed());
        }
        return slots.refresh();
    }

    int regions() {
        return pseudo != null ? pseudo.count() : slots == null ? 0 : slots.count();
    }

    /** Returns where a region begins in the log. */
    long position(int region) throws IOException {
        return pseudo != null ? pseudo.position(region) : slots().get(region).position();
    }

    /**
     * Returns how many bytes a region has, its mark and line breaks included; 0 for an empty one.
     */
    long length(int region) throws IOException {
        return pseudo != null ? pseudo.length(region) : slots().get(region).length();
    }

    long firstOffset(int region) throws IOException {
        return pseudo != null
                ? Math.min(name.base() + pseudo.linesBefore(region), ceiling - 1)
                : slots().get(region).firstOffset();
    }

    /** Returns how many events were written into a region, or how many lines it has. */
    int events(int region) throws IOException {
        return pseudo != null
                ? (int) (pseudo.linesUpTo(region) - pseudo.linesBefore(region))
                : slots().get(region).events();
    }

    /** Returns the offset behind a region's last event. */
    long endOffset(int region) throws IOException {
        return pseudo != null
                ? Math.min(name.base() + pseudo.linesUpTo(region), ceiling)
                : slots().get(region).endOffset();
    }

    /** Returns when a region was stored, in ms since 1970, or 0 if that is not known. */
    long storedMillis(int region) throws IOException {
        return pseudo != null ? 0 : slots().get(region).storedMillis();
    }

    /** Returns the offset of the first event, or {@link #endOffset()} if there is none. */
    long startOffset() throws IOException {
        for (int region = 0; region < regions(); region++) {
            if (events(region) > 0) {
                return firstOffset(region);
            }
        }
        return endOffset();
    }

    /** Returns where the last region ends; what the log has behind it is not committed. */
    long endPosition() throws IOException {
        return pseudo != null ? pseudo.end() : slots == null ? 0 : slots.endPosition();
    }

    /** Returns the offset behind the last event: the seal's, if there is one. */
    long endOffset() throws IOException {
        if (pseudo != null) {
            return Math.min(name.base() + pseudo.lines(), ceiling);
        }
        return slots == null ? name.base() : slots.endOffset();
    }

    /** Returns the first region that ends behind an offset, or the number of regions. */
    int regionOfOffset(long offset) throws IOException {
        int low = 0;
        int high = regions();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (endOffset(middle) > offset) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** Returns the first region stored at this time or later, or the number of regions. */
    int regionOfTime(long millis) throws IOException {
        int low = 0;
        int high = regions();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (storedMillis(middle) >= millis) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** Says whether the commit record of a region is damaged. */
    boolean slotDamaged(int region) {
        return pseudo == null && !slots().valid(region);
    }

    /** Returns the checksum that was recorded for a region, or null if its record is damaged. */
    @Nullable Integer recordedCrc(int region) throws IOException {
        return pseudo != null ? null : slots().get(region).crc();
    }

    /** Counts the commit records that are damaged, the sidecar's header included. */
    int damagedSlots() {
        if (slots == null || pseudo != null) {
            return 0;
        }
        int damaged = slots.headerValid() ? 0 : 1;
        for (int region = 0; region < slots.count(); region++) {
            if (!slots.valid(region)) {
                damaged++;
            }
        }
        return damaged;
    }

    /** Returns how many bytes the log has now, committed or not. */
    long logSize() throws IOException {
        return log.size();
    }

    /** Reads bytes of the log; returns how many there were. */
    int read(byte[] into, int at, int length, long position) throws IOException {
        int total = 0;
        while (total < length) {
            // In pieces, because a read takes a buffer of its length outside the heap.
            int n = Math.min(CHUNK * 2, length - total);
            int read = log.read(ByteBuffer.wrap(into, at + total, n), position + total);
            total += Math.max(0, read);
            if (read < n) {
                break;
            }
        }
        return total;
    }

    /**
     * Says whether all bytes of a region are as they were written; false if that cannot be told.
     */
    boolean crcOk(int region) throws IOException {
        if (pseudo != null) {
            return false;
        }
        Slots.Region batch = slots().get(region);
        if (batch.length() < BatchMark.TRAILER || !batch.known()) {
            return batch.length() == 0 && batch.events() == 0;
        }
        byte[] bytes = chunk();
        crc.reset();
        long at = batch.position();
        long mark = batch.end() - BatchMark.TRAILER;
        while (at < mark) {
            int n = (int) Math.min(bytes.length, mark - at);
            if (read(bytes, 0, n, at) < n) {
                return false;
            }
            crc.update(bytes, 0, n);
            at += n;
        }
        return read(bytes, 0, BatchMark.TRAILER, mark) == BatchMark.TRAILER
                && trailerOk(batch, (int) crc.getValue(), bytes, 0);
    }

    /**
     * As {@link #crcOk(int)}, for a region whose bytes the caller holds from {@code bytes[at]} on.
     */
    boolean crcOk(int region, byte[] bytes, int at) throws IOException {
        if (pseudo != null) {
            return false;
        }
        Slots.Region batch = slots().get(region);
        if (batch.length() < BatchMark.TRAILER || !batch.known()) {
            return batch.length() == 0 && batch.events() == 0;
        }
        int length = (int) batch.length() - BatchMark.TRAILER;
        crc.reset();
        crc.update(bytes, at, length);
        return trailerOk(batch, (int) crc.getValue(), bytes, at + length);
    }

    /**
     * Returns a number that tells this segment's content from another's, for an index to remember.
     * It is a matter of the commit records alone where there are some.
     */
    long fingerprint() {
        return pseudo != null ? pseudo.fingerprint() : slots == null ? 0 : slots.fingerprint();
    }

    @Override
    public void close() throws IOException {
        log.close();
    }

    private void findRegions() throws IOException {
        Sidecar sidecar = openSidecar();
        if (sidecar != null) {
            if (sidecar.outdated()) {
                throw new NoSuchFileException(name.log());
            }
            Slots found = new Slots(sidecar, name, log);
            if (fits(found)) {
                slots = found;
                return;
            }
        } else if (log.size() == 0) {
            return; // just being made: the log comes first
        } else if (gone()) {
            throw new NoSuchFileException(name.log());
        } else {
            // It may have been made between the two looks.
            sidecar = openSidecar();
            if (sidecar != null) {
                slots = new Slots(sidecar, name, log);
                return;
            }
        }
        PseudoRegions scanned = new PseudoRegions();
        scanned.extend(log);
        long next = successor();
        if (next > 0) {
            ceiling = next;
            if (name.base() + scanned.lines() < next) {
                scanned.takeUnfinished(log); // it is not just being written, not there
            }
        }
        pseudo = scanned;
    }

    private @Nullable Sidecar openSidecar() throws IOException {
        try {
            Sidecar sidecar = Sidecar.open(disk, name, false);
            if (!sidecar.sealed()) {
                sidecar.bridgeHole();
            }
            return sidecar;
        } catch (IOException e) {
            if (e instanceof ClosedChannelException || Sidecar.canOpen(disk, name)) {
                throw e; // an interrupt, or the disk: not a matter of the sidecar
            }
            return null;
        }
    }

    private boolean gone() throws IOException {
        return !Segments.list(disk).contains(name);
    }

    /** Says whether the segment is in the log now, if perhaps as a purge has written it again. */
    boolean isStillThere() throws IOException {
        return Segments.list(disk).stream().anyMatch(other -> other.base() == name.base());
    }

    private boolean hasSuccessor() throws IOException {
        return successor() >= 0;
    }

    /** Returns the base of the segment behind this one, or -1 if this is the last. */
    private long successor() throws IOException {
        for (SegmentName other : Segments.list(disk)) {
            if (other.base() > name.base()) {
                return other.base();
            }
        }
        return -1;
    }

    /** Says whether the batches of a sidecar are where it says; looks at the last few only. */
    private boolean fits(Slots found) throws IOException {
        while (!fitsAsSeen(found)) {
            // A segment that is filled, closed and followed by another one while it is looked at
            // does
            // not fit what was seen of it before; its seal is there when its successor is.
            if (!found.refresh()) {
                return false;
            }
        }
        return true;
    }

    private boolean fitsAsSeen(Slots found) throws IOException {
        long size = log.size();
        int regions = found.count();
        if (regions == 0 && !found.sealed()) {
            return size == 0 || found.headerValid() && !hasSuccessor();
        }
        if (found.sealed() && found.endPosition() == size || cutInFirst(found, size)) {
            return true;
        }
        if (!probe(found, size)) {
            return false;
        }
        // A segment that is not the last has a seal: without it, slots are missing.
        return found.sealed() || found.endPosition() >= size || !hasSuccessor();
    }

    /** Says whether the log ends in front of its first batch's end: nothing is left to probe. */
    private static boolean cutInFirst(Slots found, long size) throws IOException {
        return found.count() > 0
                && found.headerValid()
                && found.valid(0)
                && found.get(0).position() == 0
                && found.get(0).end() > size;
    }

    private boolean probe(Slots found, long size) throws IOException {
        byte[] trailer = new byte[BatchMark.TRAILER];
        int probes = 0;
        for (int slot = found.count() - 1; slot >= 0 && probes < PROBES; slot--) {
            if (!found.valid(slot)) {
                continue;
            }
            Slots.Region batch = found.get(slot);
            if (batch.end() > size || batch.length() < BatchMark.TRAILER) {
                continue; // cut off: the batches in front of it may be whole
            }
            probes++;
            read(trailer, 0, trailer.length, batch.end() - BatchMark.TRAILER);
            Integer expected = batch.crc();
            if (expected != null && trailerOk(batch, expected, trailer, 0)) {
                return true;
            }
        }
        return false;
    }

    private static boolean trailerOk(Slots.Region batch, int computed, byte[] bytes, int at) {
        Integer expected = batch.crc();
        return (expected == null || expected == computed)
                && BatchMark.endsBatch(bytes, at, computed);
    }

    private byte[] chunk() {
        byte[] bytes = chunk;
        if (bytes == null) {
            bytes = new byte[CHUNK];
            chunk = bytes;
        }
        return bytes;
    }

    private Slots slots() {
        Slots known = slots;
        if (known == null) {
            throw new IndexOutOfBoundsException("the segment " + name.log() + " has no regions");
        }
        return known;
    }
}
