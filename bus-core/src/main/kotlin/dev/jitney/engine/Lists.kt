// SPDX-License-Identifier: Apache-2.0
package dev.jitney.engine

/**
 * Takes the last one, null if there is none. Kotlin's own does the same, and brings a megabyte of classes: what a first
 * event needs has lists from `java.util` only.
 */
internal fun <T : Any> ArrayList<T>.popOrNull(): T? = if (isEmpty()) null else removeAt(size - 1)
