// SPDX-License-Identifier: Apache-2.0
package dev.jitney.store.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/** Makes temporary folders below the build's own, which are on a real disk, unlike /tmp perhaps. */
final class TargetDir implements TempDirFactory {

    @Override
    public Path createTempDirectory(
            AnnotatedElementContext elementContext, ExtensionContext extensionContext)
            throws IOException {
        Path parent = Path.of("target", "stress").toAbsolutePath();
        Files.createDirectories(parent);
        return Files.createTempDirectory(parent, "bus");
    }
}
