// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine.plugin;

import dev.jitney.spi.ConfigException;
import dev.jitney.spi.PluginConfig;
import dev.jitney.spi.PluginException;
import dev.jitney.spi.StoreException;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the secrets of a configuration out of what is said of a plugin that cannot be opened:
 * drivers like to repeat the address, with the password in it, that they cannot connect to.
 */
final class Discreet {

    // A chain of causes is looked at so far; what is further down is left out of a stand-in.
    private static final int DEPTH = 20;

    private Discreet() {}

    /**
     * Returns the exception itself if it says no secret, neither by itself nor by a cause.
     * Otherwise returns one that says the same without, and has the same stack traces.
     *
     * @param label the plugin and where it comes from
     */
    static RuntimeException failure(RuntimeException e, PluginConfig config, String label) {
        if (!tells(e, config)) {
            return e;
        }
        boolean ownWords =
                e instanceof ConfigException
                        || e instanceof PluginException
                        || e instanceof StoreException;
        String message =
                ownWords
                        ? String.valueOf(e.getMessage())
                        : label + " cannot be opened: " + Wording.stopped(e.toString());
        return new PluginException(config.hideSecrets(message), standIn(e, config, DEPTH));
    }

    private static boolean tells(Throwable e, PluginConfig config) {
        Throwable one = e;
        for (int i = 0; one != null && i < DEPTH; i++, one = one.getCause()) {
            String text = String.valueOf(one.getMessage());
            if (!config.hideSecrets(text).equals(text)) {
                return true;
            }
            for (Throwable suppressed : one.getSuppressed()) {
                String late = String.valueOf(suppressed.getMessage());
                if (!config.hideSecrets(late).equals(late)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static @Nullable Throwable standIn(
            @Nullable Throwable e, PluginConfig config, int depth) {
        if (e == null || depth == 0) {
            return null;
        }
        Throwable hidden =
                new PluginException(
                        config.hideSecrets(e.toString()), standIn(e.getCause(), config, depth - 1));
        hidden.setStackTrace(e.getStackTrace());
        return hidden;
    }
}
