// SPDX-License-Identifier: Apache-2.0
/**
 * The built-in validator of topic names. Part of the engine: reach it by the name {@code naming}.
 */
@NullMarked
package dev.jitney.engine.naming;

import org.jspecify.annotations.NullMarked;
