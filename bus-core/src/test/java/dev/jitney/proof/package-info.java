// SPDX-License-Identifier: Apache-2.0
/** Proves the contracts themselves: a plugin that breaks a rule fails the test of that rule. */
@NullMarked
package dev.jitney.proof;

import org.jspecify.annotations.NullMarked;
