#include <graphviz/cgraph.h>
#include <graphviz/gvc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// Names of a graph's objects in the order in which they came.
///
/// GraphViz's own discipline takes the address of a name as its id and sorts clusters by it, so that the same graph is drawn differently
/// each time. Here ids are counted: even for names, odd for what has none.
struct holdfast_ids {
  Agraph_t *graph;
  char **names;
  size_t count, capacity;
  IDTYPE anonymous;
};

static void *holdfast_ids_open(Agraph_t *graph, Agdisc_t *disc) {
  (void)disc;
  struct holdfast_ids *ids = calloc(1, sizeof *ids);
  if (ids) ids->graph = graph;
  return ids;
}

static long holdfast_ids_map(void *state, int type, char *name, IDTYPE *id, int create) {
  (void)type;
  struct holdfast_ids *ids = state;
  if (!ids) return 0;
  if (!name) {
    if (!create) return 0;
    *id = 2 * ids->anonymous++ + 1;
    return 1;
  }
  for (size_t place = ids->count; place > 0; place--)
    if (strcmp(ids->names[place - 1], name) == 0) {
      *id = 2 * place;
      return 1;
    }
  if (!create) return 0;
  if (ids->count == ids->capacity) {
    size_t capacity = ids->capacity ? 2 * ids->capacity : 64;
    char **names = realloc(ids->names, capacity * sizeof *names);
    if (!names) return 0;
    ids->names = names;
    ids->capacity = capacity;
  }
  char *copy = strdup(name);
  if (!copy) return 0;
  ids->names[ids->count++] = copy;
  *id = 2 * ids->count;
  return 1;
}

static long holdfast_ids_alloc(void *state, int type, IDTYPE id) {
  (void)state, (void)type, (void)id;
  return 0;
}

static void holdfast_ids_free(void *state, int type, IDTYPE id) { (void)state, (void)type, (void)id; }

static char *holdfast_ids_print(void *state, int type, IDTYPE id) {
  (void)type;
  struct holdfast_ids *ids = state;
  return ids && id > 0 && id % 2 == 0 && id / 2 <= ids->count ? ids->names[id / 2 - 1] : NULL;
}

static void holdfast_ids_close(void *state) {
  struct holdfast_ids *ids = state;
  if (!ids) return;
  for (size_t place = 0; place < ids->count; place++) free(ids->names[place]);
  free(ids->names);
  free(ids);
}

static void holdfast_ids_register(void *state, int type, void *object) { (void)state, (void)type, (void)object; }

/// Reads a DOT text of `length` bytes into a graph whose ids follow the text alone; NULL where it is no graph.
static inline Agraph_t *holdfast_read(const char *text, size_t length) {
  static Agiddisc_t ids = {holdfast_ids_open,  holdfast_ids_map,   holdfast_ids_alloc,   holdfast_ids_free,
                           holdfast_ids_print, holdfast_ids_close, holdfast_ids_register};
  static Agdisc_t disciplines;
  disciplines.mem = &AgMemDisc;
  disciplines.id = &ids;
  disciplines.io = &AgIoDisc;
  FILE *file = fmemopen((void *)text, length, "r");
  if (!file) return NULL;
  Agraph_t *graph = agread(file, &disciplines);
  fclose(file);
  return graph;
}
