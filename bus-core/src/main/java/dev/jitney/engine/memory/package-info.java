// SPDX-License-Identifier: Apache-2.0
/**
 * The built-in event store that keeps everything in memory. Part of the engine: reach it through
 * the location {@code memory:}.
 */
@NullMarked
package dev.jitney.engine.memory;

import org.jspecify.annotations.NullMarked;
