// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the processes that append to one bus tell each other: a small mapped file, forced when it is
 * made and once a segment. After a loss of power it may be old, which costs a longer recovery and
 * nothing else. When it is gone, nothing is known of what was forced, and recovery leaves all
 * closed segments as they are.
 *
 * <ul>
 *   <li>boot: which run of the machine wrote this; another one means that the page cache was lost.
 *   <li>holder: the process that holds the append lock, or 0. Not 0 at the moment of getting the
 *       lock means that the one before was killed at work.
 *   <li>durable: every event below this offset has been forced.
 *   <li>sidecars: the sidecars of all segments below this base have been forced.
 * </ul>
 */
final class SharedState {

    static final String FILE = "store/state";

    private static final int BYTES = 4096;
    private static final long MAGIC = 0x3154_4154_5359_4e54L;
    private static final int MAGIC_WORD = 0;
    private static final int BOOT = 1;
    private static final int HOLDER = 2;
    private static final int DURABLE = 3;
    private static final int SIDECARS = 4;

    private final Words words;

    private SharedState(Words words) {
        this.words = words;
    }

    /**
     * Opens the state, making it if it is missing or worthless; the append lock is held. A new
     * state takes all as forced up to the last segment.
     */
    static SharedState openLocked(Disk disk) throws IOException {
        boolean usable = false;
        if (disk.exists(FILE)) {
            try (StoreFile file = disk.open(FILE, false)) {
                usable = file.size() >= BYTES;
            }
        }
        if (!usable) {
            try (StoreFile file = disk.create(FILE)) {
                file.write(ByteBuffer.allocate(BYTES), 0);
            }
        }
        Words words = disk.map(FILE, BYTES, true);
        if (words.get(MAGIC_WORD) != MAGIC) {
            for (int i = 1; i < words.count(); i++) {
                words.set(i, 0);
            }
            List<SegmentName> segments = Segments.list(disk);
            long tailBase = segments.isEmpty() ? 0 : segments.get(segments.size() - 1).base();
            words.set(DURABLE, tailBase);
            words.set(SIDECARS, tailBase);
            words.publish(MAGIC_WORD, MAGIC);
            words.force();
            disk.forceFolder(SegmentName.FOLDER);
        }
        return new SharedState(words);
    }

    /** Forces what is known, so that it is at most a segment old after a loss of power. */
    void force() throws IOException {
        words.force();
    }

    /** Opens the state for reading, or returns one that knows nothing when there is none. */
    static SharedState openForReading(Disk disk) {
        try {
            return new SharedState(disk.map(FILE, BYTES, false));
        } catch (IOException e) {
            return new SharedState(new NoWords());
        }
    }

    /** Says whether the machine was started again since this was written, or may have been. */
    boolean foreignBoot() {
        long boot = bootId();
        return boot == 0 || words.get(BOOT) != boot;
    }

    void markBoot() {
        words.publish(BOOT, bootId());
    }

    long holder() {
        return words.get(HOLDER);
    }

    /** Notes who has the lock and says whether the one before was killed while it had it. */
    boolean enter(long pid) {
        boolean killed = words.get(HOLDER) != 0;
        words.publish(HOLDER, pid);
        return killed;
    }

    void leave() {
        words.publish(HOLDER, 0);
    }

    long durable() {
        return words.get(DURABLE);
    }

    void raiseDurable(long offset) {
        raise(DURABLE, offset);
    }

    long sidecars() {
        return words.get(SIDECARS);
    }

    void raiseSidecars(long base) {
        raise(SIDECARS, base);
    }

    private void raise(int word, long value) {
        long seen = words.get(word);
        while (seen < value && !words.compareAndSet(word, seen, value)) {
            seen = words.get(word);
        }
    }

    /** Returns a number for this run of the machine, or 0 where the system does not tell. */
    private static long bootId() {
        try {
            String id =
                    Files.readString(
                            Path.of("/proc/sys/kernel/random/boot_id"), StandardCharsets.US_ASCII);
            // The upper half of a UUID: 8, 4 and 4 hex digits.
            String digits = id.substring(0, 8) + id.substring(9, 13) + id.substring(14, 18);
            return Long.parseUnsignedLong(digits, 16) | 1;
        } catch (IOException | NumberFormatException | IndexOutOfBoundsException e) {
            return 0;
        }
    }

    /** Stands for a state that is not there. */
    private static final class NoWords implements Words {
        @Override
        public int count() {
            return 0;
        }

        @Override
        public long get(int index) {
            return 0;
        }

        @Override
        public void set(int index, long value) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void publish(int index, long value) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean compareAndSet(int index, long expected, long value) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void force() {}
    }
}
