// SPDX-License-Identifier: Apache-2.0
/**
 * The examples of the guide, {@code bus-core/docs}: what stands between {@code guide:start}, with
 * the name of its page, and {@code guide:end} is quoted there word for word.
 */
@NullMarked
package dev.jitney.guide;

import org.jspecify.annotations.NullMarked;
