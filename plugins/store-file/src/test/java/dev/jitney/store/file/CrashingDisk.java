// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A real disk under a process that is killed at its n-th change of it: that change is not made, or
 * half made if it is a write, and nothing works from then on.
 */
final class CrashingDisk implements Disk {

    /** The process is dead; whoever catches this and goes on meets the next one. */
    static final class Crash extends IOException {
        private static final long serialVersionUID = 1L;

        Crash() {
            super("killed");
        }
    }

    private final Disk real;
    private long left;
    private long changes;

    /**
     * @param at the change that is the first not to happen, from 0
     */
    CrashingDisk(Disk real, long at) {
        this.real = real;
        this.left = at;
    }

    /** Returns how many changes were made. */
    long changes() {
        return changes;
    }

    boolean crashed() {
        return left < 0;
    }

    private void change() throws Crash {
        if (--left < 0) {
            left = -1;
            throw new Crash();
        }
        changes++;
    }

    private void alive() throws Crash {
        if (crashed()) {
            throw new Crash();
        }
    }

    @Override
    public List<String> list(String folder) throws IOException {
        alive();
        return real.list(folder);
    }

    @Override
    public boolean exists(String name) {
        return real.exists(name);
    }

    @Override
    public StoreFile open(String name, boolean writable) throws IOException {
        alive();
        return new File(real.open(name, writable));
    }

    @Override
    public StoreFile create(String name) throws IOException {
        change();
        return new File(real.create(name));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        change();
        real.rename(from, to);
    }

    @Override
    public void delete(String name) throws IOException {
        change();
        real.delete(name);
    }

    @Override
    public void forceFolder(String folder) throws IOException {
        change();
        real.forceFolder(folder);
    }

    @Override
    public Words map(String name, long bytes, boolean writable) throws IOException {
        alive();
        return crashing(real.map(name, bytes, writable), writable);
    }

    @Override
    public Words mapAll(String name, int unit, boolean writable) throws IOException {
        alive();
        return crashing(real.mapAll(name, unit, writable), writable);
    }

    private Words crashing(Words words, boolean writable) {
        return writable ? new CrashingWords(words) : words;
    }

    private final class File implements StoreFile {
        private final StoreFile file;

        File(StoreFile file) {
            this.file = file;
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            alive();
            return file.read(into, position);
        }

        @Override
        public void write(ByteBuffer from, long position) throws IOException {
            try {
                change();
            } catch (Crash e) {
                from.limit(from.position() + from.remaining() / 2);
                file.write(from, position);
                throw e;
            }
            file.write(from, position);
        }

        @Override
        public long size() throws IOException {
            alive();
            return file.size();
        }

        @Override
        public void truncate(long size) throws IOException {
            change();
            file.truncate(size);
        }

        @Override
        public void force() throws IOException {
            change();
            file.force();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    private final class CrashingWords implements Words {
        private final Words words;

        CrashingWords(Words words) {
            this.words = words;
        }

        private void changeOrDie() {
            try {
                change();
            } catch (Crash e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        @Override
        public int count() {
            return words.count();
        }

        @Override
        public long get(int index) {
            return words.get(index);
        }

        @Override
        public void set(int index, long value) {
            changeOrDie();
            words.set(index, value);
        }

        @Override
        public void publish(int index, long value) {
            changeOrDie();
            words.publish(index, value);
        }

        @Override
        public boolean compareAndSet(int index, long expected, long value) {
            changeOrDie();
            return words.compareAndSet(index, expected, value);
        }

        @Override
        public void force() throws IOException {
            change();
            words.force();
        }
    }
}
