// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** Makes a bus directory, or a folder in one, for its owner only. */
final class NewDirectory {

    private NewDirectory() {}

    static void makeFolder(Path path) throws IOException {
        boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
        if (posix) {
            Files.createDirectories(path.getParent() == null ? path : path.getParent());
            try {
                Files.createDirectory(
                        path,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
            } catch (FileAlreadyExistsException e) {
                // another process was first; what is there is checked like any other
            }
        } else {
            Files.createDirectories(path);
        }
    }

    /** Makes a bus of a folder that is empty, unless another process does so first. */
    static void describe(Path path, StoreConfig config, Instant now) throws IOException {
        boolean empty;
        try (var entries = Files.list(path)) {
            empty = entries.allMatch(e -> e.getFileName().toString().startsWith("bus.json."));
        }
        if (!empty && Files.exists(path.resolve(BusDirectory.DESCRIPTOR))) {
            return; // another process has made it between the two looks
        }
        if (!empty || !config.create()) {
            throw Failures.noDescriptor(config.directory());
        }
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("name", config.name() == null ? nameOf(path) : config.name());
        values.put("id", UUID.randomUUID().toString());
        values.put("format", BusDirectory.FORMAT);
        values.put("created", now.toString());
        write(path, FlatJson.write(values));
    }

    /** Two processes may do this at once: the first link wins, and both read what it wrote. */
    private static void write(Path path, String text) throws IOException {
        NioDisk disk = new NioDisk(path);
        Path descriptor = path.resolve(BusDirectory.DESCRIPTOR);
        String name =
                BusDirectory.DESCRIPTOR
                        + "."
                        + ProcessHandle.current().pid()
                        + "."
                        + System.nanoTime();
        Path draft = path.resolve(name);
        try (StoreFile file = disk.create(name)) {
            file.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), 0);
            file.force();
        }
        try {
            Files.createLink(descriptor, draft);
        } catch (FileAlreadyExistsException e) {
            // the other process was first
        } catch (UnsupportedOperationException e) {
            Files.move(draft, descriptor, StandardCopyOption.ATOMIC_MOVE);
        }
        Files.deleteIfExists(draft);
        disk.forceFolder("");
    }

    private static String nameOf(Path path) {
        Path own = path.getFileName();
        Path parent = path.getParent();
        boolean hidden = own != null && own.toString().equals(".bus");
        Path named = hidden && parent != null ? parent.getFileName() : own;
        return named == null ? "bus" : named.toString();
    }
}
