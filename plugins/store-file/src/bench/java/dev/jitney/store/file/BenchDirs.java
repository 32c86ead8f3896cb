// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Where a benchmark writes: folders on a real disk, removed afterwards unless they are kept. */
final class BenchDirs implements Closeable {

    private final Path root;
    private final boolean keep;
    private int made;

    BenchDirs(BenchArgs args) {
        this(args.path("data", "target/bench/data"), args.flag("--keep"));
    }

    BenchDirs(Path root, boolean keep) {
        this.root = root;
        this.keep = keep;
        try {
            Files.createDirectories(root);
            String type = Files.getFileStore(root).type();
            if (type.equals("tmpfs") || type.equals("ramfs")) {
                throw new IllegalArgumentException(
                        "'"
                                + root
                                + "' is in memory ("
                                + type
                                + "). Name a folder on a disk with data=DIR.");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the disk, its file system and where it is mounted. */
    String describe() {
        try {
            FileStore store = Files.getFileStore(root);
            // Its text is "mount point (device)" on Linux.
            return root + " on " + store + ", " + store.type();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path root() {
        return root;
    }

    /** Returns the path of a folder that is not there yet. */
    Path fresh(String name) {
        Path folder = root.resolve(name + "-" + ProcessHandle.current().pid() + "-" + made++);
        remove(folder);
        return folder;
    }

    /** Removes a folder with all in it. */
    static void remove(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Writes everything of everyone to the disks, so that no run pays for what another has left.
     */
    static void settle() {
        command(List.of("sync"));
        System.gc();
    }

    /** Forgets all files' pages; says whether that was possible, which only root may. */
    static boolean dropCaches() {
        Path knob = Path.of("/proc/sys/vm/drop_caches");
        if (!Files.isWritable(knob)) {
            return false;
        }
        command(List.of("sync"));
        try {
            Files.writeString(knob, "3\n");
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static void command(List<String> words) {
        try {
            new ProcessBuilder(words).inheritIO().start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        if (!keep) {
            try (Stream<Path> all = Files.list(root)) {
                String mine = "-" + ProcessHandle.current().pid() + "-";
                all.filter(path -> path.getFileName().toString().contains(mine))
                        .forEach(BenchDirs::remove);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
