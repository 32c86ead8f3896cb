// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The file system of the machine. */
final class NioDisk implements Disk {

    private final Path root;
    private final FileAttribute<?>[] ownerOnly;

    NioDisk(Path root) {
        this.root = root;
        this.ownerOnly = ownerOnly(root);
    }

    /**
     * Returns with what a file is made that nobody else may read, as far as the system knows it.
     */
    static FileAttribute<?>[] ownerOnly(Path path) {
        boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    @Override
    public List<String> list(String folder) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root.resolve(folder))) {
            for (Path entry : entries) {
                names.add(entry.getFileName().toString());
            }
        } catch (NoSuchFileException e) {
            return List.of();
        }
        return names;
    }

    @Override
    public boolean exists(String name) {
        return Files.exists(root.resolve(name));
    }

    @Override
    public FileIdentity identity(String name) throws IOException {
        return FileIdentity.of(root.resolve(name));
    }

    @Override
    public long writtenMillis(String name) throws IOException {
        return Files.getLastModifiedTime(root.resolve(name)).toMillis();
    }

    @Override
    public StoreFile open(String name, boolean writable) throws IOException {
        return new NioFile(root.resolve(name), writable);
    }

    @Override
    public StoreFile create(String name) throws IOException {
        Path path = root.resolve(name);
        FileChannel channel =
                FileChannel.open(path, Set.of(READ, WRITE, CREATE, TRUNCATE_EXISTING), ownerOnly);
        return new NioFile(path, channel, true);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(
                root.resolve(from),
                root.resolve(to),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void delete(String name) throws IOException {
        Files.deleteIfExists(root.resolve(name));
    }

    @Override
    public void forceFolder(String folder) throws IOException {
        try (NioFile open = new NioFile(root.resolve(folder), false)) {
            open.repeatable(
                    channel -> {
                        channel.force(true);
                        return 0;
                    });
        } catch (IOException e) {
            // Windows cannot open a folder; there the entries are forced with the files.
            if (!System.getProperty("os.name", "").startsWith("Windows")) {
                throw e;
            }
        }
    }

    @Override
    public Words map(String name, long bytes, boolean writable) throws IOException {
        try (NioFile file = new NioFile(root.resolve(name), writable)) {
            return file.map(bytes);
        }
    }

    @Override
    public Words mapAll(String name, int unit, boolean writable) throws IOException {
        try (NioFile file = new NioFile(root.resolve(name), writable)) {
            return file.map(file.size() / unit * unit);
        }
    }

    /**
     * A channel that survives interrupts. An interrupt that hits a channel closes it; here it is
     * opened again, the step repeated, and the interrupt handed on when the step is done. All steps
     * can be repeated, since each names its position.
     *
     * <p>The first try of what every program does is a plain call: a lambda costs a fresh JVM a
     * millisecond or two, and hardly any step has to be repeated.
     *
     * <p>The channel's own position is kept where the next write goes: a positioned write costs
     * twice.
     */
    private static final class NioFile implements StoreFile {

        private final Path path;
        private final boolean writable;
        private volatile FileChannel channel;
        private volatile boolean closed;
        // Where which channel stands after the last write, so that it need not be asked: one system
        // call of three.
        private @Nullable FileChannel positioned;
        private long position;

        NioFile(Path path, FileChannel channel, boolean writable) {
            this.path = path;
            this.channel = channel;
            this.writable = writable;
        }

        NioFile(Path path, boolean writable) throws IOException {
            this(path, open(path, writable), writable);
        }

        private static FileChannel open(Path path, boolean writable) throws IOException {
            return writable ? FileChannel.open(path, READ, WRITE) : FileChannel.open(path, READ);
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            int start = into.position();
            try {
                return read(channel, into, start, position);
            } catch (ClosedChannelException e) {
                return repeatable(c -> read(c, into, start, position));
            }
        }

        private static int read(FileChannel from, ByteBuffer into, int start, long position)
                throws IOException {
            into.position(start);
            int total = 0;
            while (into.hasRemaining()) {
                int n = from.read(into, position + total);
                if (n < 0) {
                    break;
                }
                total += n;
            }
            return total;
        }

        @Override
        public void write(ByteBuffer from, long position) throws IOException {
            int start = from.position();
            try {
                write(channel, from, start, position);
            } catch (ClosedChannelException e) {
                repeatable(c -> write(c, from, start, position));
            }
        }

        private int write(FileChannel to, ByteBuffer from, int start, long position)
                throws IOException {
            from.position(start);
            if (positioned != to || this.position != position) {
                to.position(position);
            }
            positioned = null; // until the write is over
            while (from.hasRemaining()) {
                to.write(from);
            }
            this.position = position + (from.position() - start);
            positioned = to;
            return from.position() - start;
        }

        @Override
        public long size() throws IOException {
            try {
                return channel.size();
            } catch (ClosedChannelException e) {
                return repeatable(FileChannel::size);
            }
        }

        Words map(long bytes) throws IOException {
            MapMode mode = writable ? MapMode.READ_WRITE : MapMode.READ_ONLY;
            try {
                return new MappedWords(channel.map(mode, 0, bytes));
            } catch (ClosedChannelException e) {
                return repeatable(c -> new MappedWords(c.map(mode, 0, bytes)));
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            repeatable(
                    c -> {
                        positioned = null; // a cut moves it
                        c.truncate(size);
                        return 0;
                    });
        }

        @Override
        public void force() throws IOException {
            try {
                channel.force(false);
            } catch (ClosedChannelException e) {
                repeatable(
                        c -> {
                            c.force(false);
                            return 0;
                        });
            }
        }

        @Override
        public synchronized void close() throws IOException {
            closed = true;
            channel.close();
        }

        private <T> T repeatable(Step<T> step) throws IOException {
            boolean interrupted = false;
            try {
                while (true) {
                    FileChannel used = channel;
                    try {
                        return step.run(used);
                    } catch (ClosedChannelException e) {
                        if (closed) {
                            throw e;
                        }
                        interrupted |= Thread.interrupted();
                        reopen(used);
                    }
                }
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        private synchronized void reopen(FileChannel broken) throws IOException {
            if (closed) {
                throw new ClosedChannelException(); // meanwhile: a new channel would stay open
            }
            if (channel == broken) {
                channel = open(path, writable);
            }
        }

        private interface Step<T> {
            T run(FileChannel channel) throws IOException;
        }
    }

    private static final class MappedWords implements Words {

        private static final java.lang.invoke.VarHandle WORD =
                java.lang.invoke.MethodHandles.byteBufferViewVarHandle(
                        long[].class, ByteOrder.LITTLE_ENDIAN);

        private final MappedByteBuffer buffer;

        MappedWords(MappedByteBuffer buffer) {
            this.buffer = buffer;
        }

        @Override
        public int count() {
            return buffer.capacity() >>> 3;
        }

        @Override
        public long get(int index) {
            return (long) WORD.getAcquire(buffer, index << 3);
        }

        @Override
        public void set(int index, long value) {
            WORD.set(buffer, index << 3, value);
        }

        @Override
        public void publish(int index, long value) {
            WORD.setRelease(buffer, index << 3, value);
        }

        @Override
        public boolean compareAndSet(int index, long expected, long value) {
            return WORD.compareAndSet(buffer, index << 3, expected, value);
        }

        @Override
        public void force() throws IOException {
            try {
                buffer.force();
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
        }
    }
}
