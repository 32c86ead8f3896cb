// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

/**
 * Provides a codec of payloads. A bus may have any number; they are asked in order of name. Codecs
 * are made before the wire form is, so {@link PluginContext#eventFormat} throws {@link
 * IllegalStateException} until {@link #create} has returned.
 */
public interface PayloadCodecProvider extends PluginProvider<PayloadCodec> {

    /**
     * Returns a codec that is ready.
     *
     * @throws ConfigException if the configuration is wrong, with all problems at once
     */
    @Override
    PayloadCodec create(PluginConfig config);
}
