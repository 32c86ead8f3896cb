// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Reads and replaces files that fit into memory many times over. */
final class SmallFile {

    /** What the name of a file that is not finished ends with. */
    static final String DRAFT = ".draft";

    private static final long MOST = 1 << 20;

    private SmallFile() {}

    /**
     * Reads a file as UTF-8; bytes that are not are read as replacement characters.
     *
     * @throws java.nio.file.NoSuchFileException if it is missing
     */
    static String read(Disk disk, String name) throws IOException {
        return read(disk, name, MOST);
    }

    static String read(Disk disk, String name, long most) throws IOException {
        try (StoreFile file = disk.open(name, false)) {
            if (file.size() > most) {
                throw new IOException(
                        name + " has " + file.size() + " bytes, expected at most " + most);
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
            file.read(bytes, 0);
            return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
        }
    }

    /**
     * Writes a file beside its place, forces it and renames it into its place, so that a kill
     * leaves the old one or the new one. The rename itself is not forced.
     */
    static void replace(Disk disk, String name, String text) throws IOException {
        String draft = name + Drafts.suffix();
        try (StoreFile file = disk.create(draft)) {
            file.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), 0);
            file.force();
        }
        disk.rename(draft, name);
    }

    /** Reads exactly the bytes wanted. */
    static void readFully(StoreFile file, ByteBuffer into, long position) throws IOException {
        int wanted = into.remaining();
        int had = file.read(into, position);
        if (had < wanted) {
            throw new EOFException("the file ends " + (wanted - had) + " bytes early");
        }
    }
}
