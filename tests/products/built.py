"""What each product is in a world, by short names."""

from mockserver.products import augment as augment_product
from mockserver.products import jetbrains as jetbrains_product
from mockserver.products import tabnine as tabnine_product
from mockserver.products.augment import Augment
from mockserver.products.jetbrains import JetBrains
from mockserver.products.tabnine import Tabnine
from mockserver.products.world import World


def augment(world: World) -> Augment:
    """Augment in a world."""
    return world.of(augment_product.PRODUCT)


def tabnine(world: World) -> Tabnine:
    """Tabnine in a world."""
    return world.of(tabnine_product.PRODUCT)


def jetbrains(world: World) -> JetBrains:
    """JetBrains AI in a world."""
    return world.of(jetbrains_product.PRODUCT)
