// SPDX-License-Identifier: Apache-2.0
package dev.jitney.audit.file;

import dev.jitney.event.TopicPattern;
import dev.jitney.spi.ConfigException;
import dev.jitney.spi.Interceptor;
import dev.jitney.spi.InterceptorProvider;
import dev.jitney.spi.PluginConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Offers the audit log, as interceptor {@code audit-file}. Its README has a table of the options.
 */
public final class AuditFileProvider implements InterceptorProvider {

    static final String NAME = "audit-file";

    /** Found by {@code ServiceLoader}. */
    public AuditFileProvider() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Interceptor create(PluginConfig config) {
        String path = config.required("path");
        Path file = config.path("path");
        if (file != null && file.toAbsolutePath().getFileName() == null) {
            config.problem("'path' is '" + path + "', which has no file name, expected a file");
        } else if (file != null && !path.isEmpty() && Files.isDirectory(file)) {
            config.problem("'path' is '" + path + "', which is a directory, expected a file");
        }
        long maxSize = config.bytes("max-size", 10 << 20, 1 << 10, 1L << 40);
        int maxFiles = (int) config.number("max-files", 5, 0, 10_000);
        List<TopicPattern> topics = config.topics("topics");
        config.check();
        try {
            AuditFiles files = new AuditFiles(file == null ? Path.of(path) : file, maxFiles);
            return new AuditInterceptor(new AuditWriter(files, maxSize), topics, config.context());
        } catch (IOException e) {
            throw new ConfigException(
                    "interceptor 'audit-file'",
                    List.of("'path' is '" + path + "', where nothing can be written: " + e));
        }
    }

    /** Not by itself: where it writes is a decision. */
    @Override
    public boolean automatic() {
        return false;
    }
}
