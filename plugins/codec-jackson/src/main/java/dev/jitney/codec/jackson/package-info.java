// SPDX-License-Identifier: Apache-2.0
/**
 * Java records and POJOs as payloads, through Jackson (EVT-7). {@code JacksonMapper} says how JSON
 * is read and written unless an application brings a mapper of its own; {@code JacksonCodec} is
 * what the bus sees.
 */
@NullMarked
package dev.jitney.codec.jackson;

import org.jspecify.annotations.NullMarked;
