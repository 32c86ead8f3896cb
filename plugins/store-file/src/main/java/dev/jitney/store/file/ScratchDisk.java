// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A place for what does not fit into memory and is of use to nobody else: a folder of its owner
 * only among the system's temporary files, made when it is first asked for and removed at the end.
 */
final class ScratchDisk implements Closeable {

    private @Nullable Path path;

    Disk disk() throws IOException {
        Path made = path;
        if (made == null) {
            made = Files.createTempDirectory("jitney");
            path = made;
        }
        return new NioDisk(made);
    }

    @Override
    public void close() throws IOException {
        Path made = path;
        if (made != null) {
            try (var files = Files.list(made)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(made);
            path = null;
        }
    }
}
