// SPDX-License-Identifier: Apache-2.0
package dev.jitney.deadletter.file;

import dev.jitney.spi.DeadLetterSink;
import dev.jitney.spi.DeadLetterSinkProvider;
import dev.jitney.spi.EventFormat;
import dev.jitney.spi.PluginConfig;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Opens dead-letter sinks of the name {@code file}, which outlive the process. The options are
 * listed in the README of this module.
 */
public final class FileDeadLetterSinkProvider implements DeadLetterSinkProvider {

    /** How many letters are kept unless told otherwise. */
    public static final int DEFAULT_BOUND = 10_000;

    static final String FILE = "letters.jsonl";

    private static final int MOST = 1_000_000;

    /** Called by the service loader. */
    public FileDeadLetterSinkProvider() {}

    @Override
    public String name() {
        return "file";
    }

    @Override
    public DeadLetterSink create(PluginConfig config) {
        config.required("directory");
        Path directory = config.path("directory");
        int bound = (int) config.number("max-letters", DEFAULT_BOUND, 1, MOST);
        Duration lockTimeout = config.duration("lock-timeout", Duration.ofSeconds(10));
        boolean force = config.bool("force", false);
        config.check();
        EventFormat format = config.context().eventFormat();
        Path folder = directory == null ? Path.of("") : directory;
        LineLog log =
                new LineLog("Dead-letter sink 'file'", folder, FILE, format, lockTimeout, force);
        return new FileDeadLetterSink(log, new LetterText(format), bound);
    }
}
