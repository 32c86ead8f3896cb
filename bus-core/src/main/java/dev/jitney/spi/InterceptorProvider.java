// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

/** Provides an interceptor. A bus may have any number. */
public interface InterceptorProvider extends PluginProvider<Interceptor> {

    /**
     * Returns an interceptor that is ready.
     *
     * @throws ConfigException if the configuration is wrong, with all problems at once
     */
    @Override
    Interceptor create(PluginConfig config);
}
