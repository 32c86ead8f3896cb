// SPDX-License-Identifier: Apache-2.0
/**
 * Finding, naming, building and closing plugins. Part of the engine: its types are public for the
 * engine's other packages only and may change at any time.
 */
@NullMarked
package dev.jitney.engine.plugin;

import org.jspecify.annotations.NullMarked;
