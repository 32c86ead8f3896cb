// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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
 * @param file which directory of the system it is; null in tests that have no real one
 */
record BusDirectory(
        Path path,
        String name,
        String id,
        int format,
        Instant created,
        @Nullable FileIdentity file) {

    /** The newest format that this program knows, and the one that it writes. */
    static final int FORMAT = 1;

    static final String DESCRIPTOR = "bus.json";
    static final String CURSORS = "cursors";

    private static final List<String> FOLDERS =
            List.of(SegmentName.FOLDER, SegmentName.INDEX_FOLDER, CURSORS);

    BusDirectory(Path path, String name, String id, int format, Instant created) {
        this(path, name, id, format, created, null);
    }

    /** Opens a directory, and makes it where the configuration says so. */
    static BusDirectory open(StoreConfig config, Instant now) {
        Path path = config.directory().toAbsolutePath().normalize();
        try {
            if (Files.notExists(path, LinkOption.NOFOLLOW_LINKS)) {
                if (!config.create()) {
                    throw Failures.noDirectory(config.directory());
                }
                NewDirectory.makeFolder(path);
            }
            checkSafe(path, config);
            if (Files.notExists(path.resolve(DESCRIPTOR))) {
                NewDirectory.describe(path, config, now);
            }
            for (String folder : FOLDERS) {
                checkNoLink(path.resolve(folder));
            }
            return describe(path.toRealPath(), config.directory());
        } catch (IOException e) {
            throw Failures.opening(config.directory(), e);
        }
    }

    private static void checkSafe(Path path, StoreConfig config) throws IOException {
        // Asked first, since what may not be looked at is neither there nor not there.
        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (Files.isSymbolicLink(path)) {
            throw Failures.symbolicLink(config.directory(), path.toRealPath());
        }
        if (!Files.isDirectory(path)) {
            throw Failures.notADirectory(config.directory());
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
            throw Failures.writableByOthers(
                    config.directory(), PosixFilePermissions.toString(permissions), path);
        }
    }

    /** By a link two directories could append to one log, each with a lock of its own. */
    private static void checkNoLink(Path folder) throws IOException {
        if (Files.isSymbolicLink(folder)) {
            throw Failures.linkedFolder(folder, Files.readSymbolicLink(folder));
        }
    }

    private static BusDirectory describe(Path path, Path given) throws IOException {
        String text = Files.readString(path.resolve(DESCRIPTOR));
        try {
            Map<String, String> values = FlatJson.parse(text);
            int format = Integer.parseInt(values.getOrDefault("format", "0"));
            if (format > FORMAT) {
                throw Failures.newerFormat(given, format);
            }
            if (format < 1) {
                throw new IllegalArgumentException("'format' is missing");
            }
            return new BusDirectory(
                    path,
                    values.getOrDefault("name", "bus"),
                    values.getOrDefault("id", ""),
                    format,
                    Times.parse(values.getOrDefault("created", "")),
                    FileIdentity.of(path));
        } catch (java.time.DateTimeException | IllegalArgumentException e) {
            throw Failures.unreadableDescriptor(given, e);
        }
    }

    /** Says whether what was opened is still what its path stands for. */
    boolean isThere() {
        return file == null || file.isThere() && sameId();
    }

    /** The system may have given the number of the directory that was removed to a new one. */
    private boolean sameId() {
        try {
            String text = Files.readString(path.resolve(DESCRIPTOR));
            return id.equals(FlatJson.parse(text).getOrDefault("id", ""));
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException | IllegalArgumentException e) {
            return true; // somebody may be editing it: nothing says that it is another one
        }
    }

    /** Throws if what was opened is not what its path stands for any more. */
    void checkThere(StoreConfig config) {
        if (!isThere()) {
            throw Failures.replaced(config.directory().toString());
        }
    }

    /** Makes the folders that are missing; only those who append do. */
    void makeFolders() throws IOException {
        boolean made = false;
        for (String folder : FOLDERS) {
            Path path = path().resolve(folder);
            if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                checkNoLink(path);
                NewDirectory.makeFolder(path);
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
        return java.nio.channels.FileChannel.open(
                lockFile(),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                NioDisk.ownerOnly(path));
    }

    Path lockFile() {
        return path.resolve("append.lock");
    }
}
