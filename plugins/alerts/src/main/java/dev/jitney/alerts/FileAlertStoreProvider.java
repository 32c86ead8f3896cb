// SPDX-License-Identifier: Apache-2.0
package dev.jitney.alerts;

import dev.jitney.spi.AlertStore;
import dev.jitney.spi.AlertStoreProvider;
import dev.jitney.spi.PluginConfig;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Opens alert stores of the name {@code file}, which outlive the process. The options are listed in
 * the README of this module.
 */
public final class FileAlertStoreProvider implements AlertStoreProvider {

    private static final int DEFAULT_BOUND = 10_000;
    private static final int MOST = 100_000;

    /** Called by the service loader. */
    public FileAlertStoreProvider() {}

    @Override
    public String name() {
        return "file";
    }

    @Override
    public AlertStore create(PluginConfig config) {
        config.required("directory");
        Path directory = config.path("directory");
        int bound = (int) config.number("max-alerts", DEFAULT_BOUND, 1, MOST);
        Duration lockTimeout = config.duration("lock-timeout", Duration.ofSeconds(10));
        boolean force = config.bool("force", false);
        config.check();
        Path folder = directory == null ? Path.of("") : directory;
        AlertText text = new AlertText(config.context().eventFormat());
        return new FileAlertStore(new AlertLog(folder, text, lockTimeout, force), bound);
    }
}
