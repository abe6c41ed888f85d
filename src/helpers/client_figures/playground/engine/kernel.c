// One epoch, or a part of it, of the playground's training in float32, four numbers at a time.
// `make wasm` compiles it into wasm.js; the plain engine says what it must compute.
//
// A batch is stored unit by unit, as there, with room for a multiple of four samples: what fills
// the rest of a row are samples of zeros whose loss has no gradient. Rows of weights, biases and
// units fill up with zeros likewise. All addresses come from accelerator.js, so that
// the module has no memory of its own to manage and imports nothing.

#include <wasm_simd128.h>

typedef v128_t vec;
#define SPLAT(x) wasm_f32x4_splat(x)
#define LOAD(p) wasm_v128_load(p)
#define STORE(p, x) wasm_v128_store(p, x)
#define ADD(a, b) wasm_f32x4_add(a, b)
#define SUB(a, b) wasm_f32x4_sub(a, b)
#define MUL(a, b) wasm_f32x4_mul(a, b)
#define DIV(a, b) wasm_f32x4_div(a, b)
// With the number first, NaN stays NaN.
#define AT_MOST(x, bound) wasm_f32x4_pmin(x, SPLAT(bound))
#define AT_LEAST(x, bound) wasm_f32x4_pmax(x, SPLAT(bound))

enum { SIGMOID, TANH, RELU, LEAKY_RELU, ELU, SWISH, MISH, LINEAR };
enum { SGD, MOMENTUM, NESTEROV, ADAGRAD, RMSPROP, ADAM, ADAMW };
enum { NONE, L1, L2 };

typedef struct {
  int inputs, outputs, width;  // width: the length of a row of weights
  float *weight, *bias, *weight_gradient, *bias_gradient;
  float *a, *s, *delta;  // outputs, slopes, the loss's gradient
} Layer;

// The order of the fields is that of accelerator.js.
typedef struct {
  double first_power, second_power;  // Adam's 0.9^t and 0.999^t
  int layers, activation, optimizer, regression, regularization;
  int samples, batch, parameters;
  float learning_rate, regularization_rate;
  float *parameter, *gradient, *first, *second;
  const float *data, *labels;  // of all training points
  float *inputs, *targets;     // of the batch
  Layer layer[7];
} Training;

// e^x - 1 of x = y log 2: 2^k (2^f - 1) + (2^k - 1) with |f| <= 1/2. Relative error below 3e-7
// near 0, and |y| 1e-7 further out.
static inline vec expm1_of(vec y) {
  y = AT_LEAST(AT_MOST(y, 126.0f), -126.0f);
  const vec shifted = ADD(y, SPLAT(12582912.0f));  // 1.5 * 2^23: rounds, and holds k in its bits
  const vec f = SUB(y, SUB(shifted, SPLAT(12582912.0f)));
  const vec power = wasm_i32x4_add(wasm_i32x4_shl(shifted, 23), wasm_i32x4_splat(0x3f800000));
  // (2^f - 1) / f, interpolated at Chebyshev's nodes
  vec sum = SPLAT(0.000154531629f);
  sum = ADD(MUL(sum, f), SPLAT(0.00133908634f));
  sum = ADD(MUL(sum, f), SPLAT(0.00961808256f));
  sum = ADD(MUL(sum, f), SPLAT(0.0555035711f));
  sum = ADD(MUL(sum, f), SPLAT(0.240226508f));
  sum = ADD(MUL(sum, f), SPLAT(0.693147188f));
  return ADD(MUL(MUL(sum, f), power), SUB(power, SPLAT(1.0f)));
}

#define LOG2_E 1.44269504f

static inline vec sigmoid_of(vec z) {
  return DIV(SPLAT(1.0f), ADD(SPLAT(2.0f), expm1_of(MUL(z, SPLAT(-LOG2_E)))));
}

// Turns z, which stands in a, into outputs and slopes.
static void activate(int kind, float *a, float *s, int size) {
  const vec one = SPLAT(1.0f), two = SPLAT(2.0f);
#define EACH(code)                   \
  for (int i = 0; i < size; i += 4) { \
    const vec z = LOAD(a + i);       \
    vec y, slope;                    \
    code;                            \
    STORE(a + i, y);                 \
    STORE(s + i, slope);             \
  }                                  \
  break
  switch (kind) {
    case SIGMOID:
      EACH(y = sigmoid_of(z); slope = MUL(y, SUB(one, y)));
    case TANH:
      EACH(const vec e = expm1_of(MUL(z, SPLAT(2 * LOG2_E))); y = DIV(e, ADD(e, two));
           slope = SUB(one, MUL(y, y)));
    case RELU:
      EACH(const vec on = wasm_f32x4_gt(z, SPLAT(0.0f)); y = AT_LEAST(z, 0.0f);
           slope = wasm_v128_and(on, one));
    case LEAKY_RELU:
      EACH(const vec on = wasm_f32x4_gt(z, SPLAT(0.0f));
           slope = wasm_v128_bitselect(one, SPLAT(0.01f), on); y = MUL(z, slope));
    case ELU:
      EACH(const vec e = expm1_of(MUL(AT_MOST(z, 0.0f), SPLAT(LOG2_E)));
           y = ADD(AT_LEAST(z, 0.0f), e); slope = ADD(e, one));
    case SWISH:
      EACH(const vec g = sigmoid_of(z); y = MUL(z, g);
           slope = MUL(g, ADD(one, MUL(z, SUB(one, g)))));
    case MISH:
      EACH(const vec e = ADD(expm1_of(MUL(AT_MOST(z, 20.0f), SPLAT(LOG2_E))), one);
           const vec power = MUL(e, ADD(e, two)); const vec t = DIV(power, ADD(power, two));
           y = MUL(z, t);
           slope = ADD(t, MUL(MUL(z, DIV(e, ADD(one, e))), SUB(one, MUL(t, t)))));
    default:
      EACH(y = z; slope = one);
  }
}

// `rows` rows, one or two, and 4 * vectors columns of weight * source: the sums stay in registers.
static inline __attribute__((always_inline)) void multiply_block(
    const float *weight, int row_step, int inner_step, const float *bias, const float *source,
    const float *factor, float *target, int inner, int stride, const int rows,
    const int vectors) {
  vec sum[2][4];
  for (int r = 0; r < rows; r++) {
    const vec start = bias ? wasm_v128_load32_splat(bias + r) : SPLAT(0.0f);
    for (int v = 0; v < vectors; v++) sum[r][v] = start;
  }
  for (int k = 0; k < inner; k++) {
    vec x[4];
    for (int v = 0; v < vectors; v++) x[v] = LOAD(source + 4 * v);
    for (int r = 0; r < rows; r++) {
      const vec w = wasm_v128_load32_splat(weight + r * row_step);
      for (int v = 0; v < vectors; v++) sum[r][v] = ADD(sum[r][v], MUL(w, x[v]));
    }
    weight += inner_step;
    source += stride;
  }
  for (int r = 0; r < rows; r++) {
    for (int v = 0; v < vectors; v++) {
      const int at = r * stride + 4 * v;
      STORE(target + at, factor ? MUL(sum[r][v], LOAD(factor + at)) : sum[r][v]);
    }
  }
}

// target = (bias + weight * source) * factor, the last one element by element; no bias and no
// factor where they are null. With the steps exchanged the matrix is transposed.
static void multiply(const float *weight, int row_step, int inner_step, const float *bias,
                     const float *factor, const float *source, float *target, int rows, int inner,
                     int stride) {
#define BLOCK(rows, vectors)                                                                     \
  multiply_block(weight, row_step, inner_step, bias, source + b, factor ? factor + b : 0,        \
                 target + b, inner, stride, rows, vectors)
#define COLUMNS(rows)                            \
  int b = 0;                                     \
  for (; b + 12 <= stride; b += 12) BLOCK(rows, 3); \
  if (b + 8 == stride) BLOCK(rows, 2);           \
  if (b + 4 == stride) BLOCK(rows, 1)
  int r = 0;
  for (; r + 2 <= rows; r += 2) {
    COLUMNS(2);
    weight += 2 * row_step;
    target += 2 * stride;
    if (bias) bias += 2;
    if (factor) factor += 2 * stride;
  }
  if (r < rows) {
    COLUMNS(1);
  }
}

// Four sums over lanes at once.
static inline vec sum_lanes(vec a, vec b, vec c, vec d) {
  const vec ab = ADD(wasm_i32x4_shuffle(a, b, 0, 4, 1, 5), wasm_i32x4_shuffle(a, b, 2, 6, 3, 7));
  const vec cd = ADD(wasm_i32x4_shuffle(c, d, 0, 4, 1, 5), wasm_i32x4_shuffle(c, d, 2, 6, 3, 7));
  return ADD(wasm_i64x2_shuffle(ab, cd, 0, 2), wasm_i64x2_shuffle(ab, cd, 1, 3));
}

// The gradients of a layer's weights and biases: sums over the batch.
static inline __attribute__((always_inline)) void gather_over(
    const Layer *layer, const float *source, const int stride) {
  const int twice = 2 * stride, thrice = 3 * stride;
  const float *delta = layer->delta;
  float *out = layer->weight_gradient;
  for (int o = 0; o < layer->outputs; o++, delta += stride) {
    for (int i = 0; i < layer->width; i += 4, out += 4) {
      const float *from = source + i * stride;
      vec a = SPLAT(0.0f), b = a, c = a, d = a;
      for (int n = 0; n < stride; n += 4, from += 4) {
        const vec x = LOAD(delta + n);
        a = ADD(a, MUL(x, LOAD(from)));
        b = ADD(b, MUL(x, LOAD(from + stride)));
        c = ADD(c, MUL(x, LOAD(from + twice)));
        d = ADD(d, MUL(x, LOAD(from + thrice)));
      }
      STORE(out, sum_lanes(a, b, c, d));
    }
  }
  for (int o = 0; o < layer->outputs; o += 4) {
    const float *from = layer->delta + o * stride;
    vec a = SPLAT(0.0f), b = a, c = a, d = a;
    for (int n = 0; n < stride; n += 4, from += 4) {
      a = ADD(a, LOAD(from));
      b = ADD(b, LOAD(from + stride));
      c = ADD(c, LOAD(from + twice));
      d = ADD(d, LOAD(from + thrice));
    }
    STORE(layer->bias_gradient + o, sum_lanes(a, b, c, d));
  }
}

static void gather_gradients(const Layer *layer, const float *source, int stride) {
  if (stride == 12) gather_over(layer, source, 12);  // batches of 10: the loops unroll
  else gather_over(layer, source, stride);
}

static void add_penalty(const Training *t) {
  const vec rate = SPLAT(t->regularization_rate), zero = SPLAT(0.0f);
  for (int l = 0; l < t->layers; l++) {
    const Layer *layer = &t->layer[l];
    for (int i = 0; i < layer->outputs * layer->width; i += 4) {
      const vec w = LOAD(layer->weight + i);
      const vec pull = t->regularization == L2
          ? MUL(rate, w)
          : SUB(wasm_v128_and(wasm_f32x4_gt(w, zero), rate),
                wasm_v128_and(wasm_f32x4_lt(w, zero), rate));
      STORE(layer->weight_gradient + i, ADD(LOAD(layer->weight_gradient + i), pull));
    }
  }
}

static void optimize(Training *t) {
  const vec rate = SPLAT(t->learning_rate);
  float *parameter = t->parameter, *first = t->first, *second = t->second;
#define EVERY(code)                               \
  for (int i = 0; i < t->parameters; i += 4) {     \
    const vec g = LOAD(t->gradient + i);          \
    vec change;                                   \
    code;                                         \
    STORE(parameter + i, SUB(LOAD(parameter + i), change)); \
  }                                               \
  break
#define BLEND(array, share, x) ADD(MUL(LOAD(array + i), SPLAT(share)), x)
  switch (t->optimizer) {
    case SGD:
      EVERY(change = MUL(rate, g));
    case MOMENTUM:
      EVERY(const vec moved = BLEND(first, 0.9f, g); STORE(first + i, moved);
            change = MUL(rate, moved));
    case NESTEROV:
      EVERY(const vec moved = BLEND(first, 0.9f, g); STORE(first + i, moved);
            change = MUL(rate, ADD(g, MUL(SPLAT(0.9f), moved))));
    case ADAGRAD:
      EVERY(const vec sum = ADD(LOAD(first + i), MUL(g, g)); STORE(first + i, sum);
            change = DIV(MUL(rate, g), ADD(wasm_f32x4_sqrt(sum), SPLAT(1e-10f))));
    case RMSPROP:
      EVERY(const vec mean = BLEND(first, 0.99f, MUL(MUL(g, g), SPLAT(0.01f)));
            STORE(first + i, mean);
            change = DIV(MUL(rate, g), ADD(wasm_f32x4_sqrt(mean), SPLAT(1e-8f))));
    default: {
      t->first_power *= 0.9;
      t->second_power *= 0.999;
      const vec step = SPLAT((float)(t->learning_rate / (1 - t->first_power)));
      const vec scale = SPLAT((float)(1 / __builtin_sqrt(1 - t->second_power)));
      const vec decay = SPLAT(t->optimizer == ADAMW ? t->learning_rate * 0.01f : 0.0f);
      EVERY(const vec m = BLEND(first, 0.9f, MUL(g, SPLAT(0.1f)));
            const vec v = BLEND(second, 0.999f, MUL(MUL(g, g), SPLAT(0.001f)));
            STORE(first + i, m); STORE(second + i, v);
            change = ADD(MUL(decay, LOAD(parameter + i)),
                         DIV(MUL(step, m),
                             ADD(MUL(wasm_f32x4_sqrt(v), scale), SPLAT(1e-8f)))));
    }
  }
}

static void train_batch(Training *t, const int *order, int count) {
  const int stride = (t->batch + 3) & ~3, last = t->layers - 1;
  const int features = t->layer[0].inputs;
  // The labels are the last column. Behind the samples is one of zeros.
  const float *column = t->data;
  float *row = t->inputs;
  for (int f = 0; f <= features; f++) {
    if (f == features) row = t->targets, column = t->labels;
    for (int b = 0; b < count; b++) row[b] = column[order[b]];
    for (int b = count; b < stride; b++) row[b] = 0.0f;
    row += stride;
    column += t->samples + 1;
  }

  const float *source = t->inputs;
  for (int l = 0; l <= last; l++) {
    const Layer *layer = &t->layer[l];
    multiply(layer->weight, layer->width, 1, layer->bias, 0, source, layer->a,
             layer->outputs, layer->inputs, stride);
    if (l < last) activate(t->activation, layer->a, layer->s, layer->outputs * stride);
    source = layer->a;
  }

  const vec share = SPLAT(1.0f / (float)count);
  const Layer *top = &t->layer[last];
  for (int b = 0; b < stride; b += 4) {
    const vec z = LOAD(top->a + b);
    const vec y = t->regression ? z : sigmoid_of(z);
    STORE(top->delta + b, MUL(share, SUB(y, LOAD(t->targets + b))));
  }
  for (int b = count; b < stride; b++) top->delta[b] = 0.0f;

  for (int l = last; l >= 0; l--) {
    const Layer *layer = &t->layer[l];
    gather_gradients(layer, l > 0 ? layer[-1].a : t->inputs, stride);
    if (l > 0) {
      multiply(layer->weight, 1, layer->width, 0, layer[-1].s, layer->delta, layer[-1].delta,
               layer->inputs, layer->outputs, stride);
    }
  }
  if (t->regularization != NONE) add_penalty(t);
  optimize(t);
}

// Trains on the samples order[from], ..., order[to - 1], batch after batch.
__attribute__((export_name("train"))) void train(Training *t, const int *order, int from, int to) {
  for (; from < to; from += t->batch) {
    const int left = to - from;
    train_batch(t, order + from, left < t->batch ? left : t->batch);
  }
}
