// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * Which file a path stood for at one moment, so that one can see whether it still does: a file that
 * was removed under a process that has it open is written to like any other, and nobody reads it.
 * Exact for a file that is open; the system may give the number of one that is not to a new file.
 *
 * @param key what the file system tells it apart by; null where it does not tell, which skips the
 *     check
 */
record FileIdentity(Path path, @Nullable Object key) {

    /** Returns what a path stands for now. */
    static FileIdentity of(Path path) throws IOException {
        return new FileIdentity(path, keyOf(path));
    }

    /** Says whether the path still stands for the same file. Costs one question to the system. */
    boolean isThere() {
        if (key == null) {
            return true;
        }
        try {
            return key.equals(keyOf(path));
        } catch (AccessDeniedException e) {
            return true; // rights that were taken away say nothing about what is there
        } catch (IOException e) {
            return false;
        }
    }

    private static @Nullable Object keyOf(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }
}
