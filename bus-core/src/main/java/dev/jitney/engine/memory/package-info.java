// SPDX-License-Identifier: Apache-2.0
/**
 * The built-in event store, dead-letter sink, alert store and metrics backend that keep everything
 * in memory. Part of the engine: reach them by the name {@code memory}.
 */
@NullMarked
package dev.jitney.engine.memory;

import org.jspecify.annotations.NullMarked;
