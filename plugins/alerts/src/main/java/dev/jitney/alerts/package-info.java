// SPDX-License-Identifier: Apache-2.0
/**
 * Alerts: {@code AlertHandler} raises them for bad events; {@code FileAlertStore} keeps them in a
 * file, by means of {@code AlertLog}, {@code AlertText}, {@code LineFile} and {@code LogLock}.
 */
@NullMarked
package dev.jitney.alerts;

import org.jspecify.annotations.NullMarked;
