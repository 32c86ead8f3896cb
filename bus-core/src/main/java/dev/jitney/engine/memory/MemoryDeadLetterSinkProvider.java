// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.memory;

import dev.jitney.spi.DeadLetterSink;
import dev.jitney.spi.DeadLetterSinkProvider;
import dev.jitney.spi.PluginConfig;

/**
 * Makes dead-letter sinks of the name {@code memory}, which end with the process.
 *
 * <p>Keys: {@code max-letters}, how many of the newest letters are kept (1 to 10 000 000, default 1
 * 000).
 */
public final class MemoryDeadLetterSinkProvider implements DeadLetterSinkProvider {

    private static final int MOST = 10_000_000;

    /** Called by the service loader. */
    public MemoryDeadLetterSinkProvider() {}

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public DeadLetterSink create(PluginConfig config) {
        int bound = (int) config.number("max-letters", MemoryDeadLetterSink.DEFAULT_BOUND, 1, MOST);
        config.check();
        return new MemoryDeadLetterSink(bound);
    }
}
