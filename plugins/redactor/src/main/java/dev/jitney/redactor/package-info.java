// SPDX-License-Identifier: Apache-2.0
/**
 * A masker that knows some forty kinds of secrets and personal data by their form, and many more by
 * the name that they stand under. It is asked for as masker {@code redactor}.
 */
@NullMarked
package dev.jitney.redactor;

import org.jspecify.annotations.NullMarked;
