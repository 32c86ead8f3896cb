// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import dev.jitney.spi.StoreAccessException;
import dev.jitney.spi.StoreException;
import dev.jitney.spi.StoreFailedException;
import dev.jitney.spi.StoreNotFoundException;
import dev.jitney.spi.StoreVersionException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * A bus directory: {@code bus.json} with its name, identity and format, and folders for the log,
 * the indexes and the cursors. The format is checked before anything else is looked at; a directory
 * that is a symbolic link or that others may write to is refused, since whoever can write there can
 * make events up.
 *
 * @param path the real path
 * @param name the bus's name
 * @param id an identity that no other bus has
 * @param format the version of the files' format
 * @param created when it was made
 */
record BusDirectory(Path path, String name, String id, int format, Instant created) {

    /** The newest format that this program knows, and the one that it writes. */
    static final int FORMAT = 1;

    static final String DESCRIPTOR = "bus.json";
    static final String CURSORS = "cursors";

    /** Opens a directory, and makes it where the configuration says so. */
    static BusDirectory open(StoreConfig config, Instant now) {
        Path path = config.directory().toAbsolutePath().normalize();
        try {
            if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                if (!config.create()) {
                    throw new StoreNotFoundException(
                            "There is no bus directory at '" + config.directory() + "'.");
                }
                makeFolder(path);
            }
            checkSafe(path, config);
            if (!Files.exists(path.resolve(DESCRIPTOR))) {
                make(path, config, now);
            }
            return describe(path.toRealPath(), config.directory());
        } catch (AccessDeniedException e) {
            throw new StoreAccessException(
                    "The bus directory '"
                            + config.directory()
                            + "' may not be used: access to '"
                            + e.getFile()
                            + "' is denied.",
                    e);
        } catch (IOException e) {
            throw failure("The bus directory '" + config.directory() + "' cannot be opened", e);
        }
    }

    /** Says what went wrong in terms of the store: a full disk and a read-only one by name. */
    static StoreException failure(String what, IOException e) {
        String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        if (reason.contains("Read-only file system") || e instanceof AccessDeniedException) {
            return new StoreAccessException(what + ": it is not writable (" + reason + ").", e);
        }
        if (reason.contains("No space left") || reason.contains("not enough space")) {
            return new StoreFailedException(
                    what
                            + ": the disk is full. Nothing that was acknowledged is lost; free some space"
                            + " and open the store again.",
                    e);
        }
        return new StoreFailedException(what + ": " + reason + ".", e);
    }

    private static void makeFolder(Path path) throws IOException {
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

    private static void checkSafe(Path path, StoreConfig config) throws IOException {
        if (Files.isSymbolicLink(path)) {
            throw new StoreAccessException(
                    "The bus directory '"
                            + config.directory()
                            + "' is a symbolic link, which could be pointed elsewhere. Name the directory"
                            + " itself: '"
                            + path.toRealPath()
                            + "'.");
        }
        if (!Files.isDirectory(path)) {
            throw new StoreNotFoundException("'" + config.directory() + "' is not a directory.");
        }
        PosixFileAttributeView view =
                Files.getFileAttributeView(path, PosixFileAttributeView.class);
        if (view == null) {
            return;
        }
        Set<PosixFilePermission> permissions = view.readAttributes().permissions();
        boolean group =
                permissions.contains(PosixFilePermission.GROUP_WRITE)
                        && !config.allowSharedDirectory();
        if (group || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new StoreAccessException(
                    "The bus directory '"
                            + config.directory()
                            + "' can be written by other users ("
                            + PosixFilePermissions.toString(permissions)
                            + "). Take that right away: chmod go-w '"
                            + path
                            + "'.");
        }
    }

    private static void make(Path path, StoreConfig config, Instant now) throws IOException {
        boolean empty;
        try (var entries = Files.list(path)) {
            empty = entries.allMatch(e -> e.getFileName().toString().startsWith("bus.json."));
        }
        if (!empty && Files.exists(path.resolve(DESCRIPTOR))) {
            return; // another process has made it between the two looks
        }
        if (!empty || !config.create()) {
            throw new StoreNotFoundException(
                    "'"
                            + config.directory()
                            + "' is not a bus directory: it has no "
                            + DESCRIPTOR
                            + ".");
        }
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("name", config.name() == null ? nameOf(path) : config.name());
        values.put("id", UUID.randomUUID().toString());
        values.put("format", FORMAT);
        values.put("created", now.toString());
        // Two processes may do this at once: the first link wins, and both read what it wrote.
        NioDisk disk = new NioDisk(path);
        String draft = DESCRIPTOR + "." + ProcessHandle.current().pid() + "." + System.nanoTime();
        try (StoreFile file = disk.create(draft)) {
            file.write(
                    java.nio.ByteBuffer.wrap(
                            FlatJson.write(values)
                                    .getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                    0);
            file.force();
        }
        try {
            Files.createLink(path.resolve(DESCRIPTOR), path.resolve(draft));
        } catch (FileAlreadyExistsException e) {
            // the other process was first
        } catch (UnsupportedOperationException e) {
            Files.move(
                    path.resolve(draft), path.resolve(DESCRIPTOR), StandardCopyOption.ATOMIC_MOVE);
        }
        Files.deleteIfExists(path.resolve(draft));
        disk.forceFolder("");
    }

    private static String nameOf(Path path) {
        Path own = path.getFileName();
        Path parent = path.getParent();
        boolean hidden = own != null && own.toString().equals(".bus");
        Path named = hidden && parent != null ? parent.getFileName() : own;
        return named == null ? "bus" : named.toString();
    }

    private static BusDirectory describe(Path path, Path given) throws IOException {
        String text = Files.readString(path.resolve(DESCRIPTOR));
        try {
            Map<String, String> values = FlatJson.parse(text);
            int format = Integer.parseInt(values.getOrDefault("format", "0"));
            if (format > FORMAT) {
                throw new StoreVersionException(
                        "The bus directory '"
                                + given
                                + "' has format "
                                + format
                                + ", newer than this program knows ("
                                + FORMAT
                                + "). Use a newer version of Jitney.");
            }
            if (format < 1) {
                throw new IllegalArgumentException("'format' is missing");
            }
            return new BusDirectory(
                    path,
                    values.getOrDefault("name", "bus"),
                    values.getOrDefault("id", ""),
                    format,
                    Instant.parse(values.getOrDefault("created", "")));
        } catch (java.time.DateTimeException | IllegalArgumentException e) {
            throw new StoreNotFoundException(
                    "'"
                            + given
                            + "' is not a bus directory: its "
                            + DESCRIPTOR
                            + " cannot be read ("
                            + e.getMessage()
                            + ").",
                    e);
        }
    }

    /** Makes the folders that are missing; only those who append do. */
    void makeFolders() throws IOException {
        boolean made = false;
        for (String folder : new String[] {SegmentName.FOLDER, SegmentName.INDEX_FOLDER, CURSORS}) {
            Path path = path().resolve(folder);
            if (!Files.isDirectory(path)) {
                makeFolder(path);
                made = true;
            }
        }
        if (made) {
            new NioDisk(path()).forceFolder("");
        }
    }

    /** Says whether this process may write here. */
    boolean writable() {
        return Files.isWritable(path);
    }

    /** Opens the file that is the append lock; it is opened for nothing else (STO-7). */
    java.nio.channels.FileChannel openLockFile() throws IOException {
        NioDisk disk = new NioDisk(path);
        if (!disk.exists("append.lock")) {
            disk.create("append.lock").close();
        }
        return java.nio.channels.FileChannel.open(
                path.resolve("append.lock"), StandardOpenOption.WRITE);
    }
}
