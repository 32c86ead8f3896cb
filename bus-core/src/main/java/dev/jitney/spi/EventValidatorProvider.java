// SPDX-License-Identifier: Apache-2.0
package dev.jitney.spi;

/** Provides a validator of events. A bus may have any number. */
public interface EventValidatorProvider extends PluginProvider<EventValidator> {

    /**
     * Returns a validator with all that it needs loaded: schemas, say.
     *
     * @throws ConfigException if the configuration is wrong, with all problems at once
     */
    @Override
    EventValidator create(PluginConfig config);
}
