"""How the house speaks with other systems and devices when someone signs in. Knows no Django and keeps nothing."""
