import { each, jsonLd, page } from '../html.ts'
import { pageOf } from './page.ts'

const name = 'Harbour fish soup with saffron'
const ingredients = ['600 g white fish, off the bone', '1 fennel bulb', '2 leeks', '½ teaspoon saffron threads', '200 ml dry white wine', '1 l fish stock', '2 tablespoons olive oil', '1 orange, the peel only', 'salt']
const steps = [
  'Cut the fennel and the leeks fine, and sweat them in the oil for ten minutes without colour.',
  'Add the saffron and the wine, and let it boil down by half.',
  'Pour in the stock, add a strip of orange peel, and simmer for twenty minutes.',
  'Take out the peel. Lay in the fish, take the pot off the heat, cover, and wait six minutes.',
]

export const recipe = pageOf(
  { name: 'recipe', title: name, description: 'A recipe: ingredients, steps, times, nutrition, and the story that nobody reads before it.' },
  {
    '/': (x) => page({
      title: `${name} – Salt & Smoke`,
      head: jsonLd({
        '@context': 'https://schema.org',
        '@graph': [
          { '@type': 'WebSite', '@id': `${x.origin}/#site`, name: 'Salt & Smoke' },
          {
            '@type': ['Recipe'], name, author: { '@type': 'Person', name: 'Lene Park' }, datePublished: '2025-02-08', image: `${x.origin}/img/soup-1200x800.png`,
            recipeYield: '4 servings', prepTime: 'PT20M', cookTime: 'PT40M', totalTime: 'PT1H', recipeCategory: 'Soup', recipeCuisine: 'Coastal', keywords: 'fish, saffron',
            recipeIngredient: ingredients, recipeInstructions: steps.map((text, i) => ({ '@type': 'HowToStep', position: i + 1, text })),
            nutrition: { '@type': 'NutritionInformation', calories: '310 kcal', proteinContent: '32 g' }, aggregateRating: { '@type': 'AggregateRating', ratingValue: '4.7', ratingCount: '211' },
          },
        ],
      }),
      body: `<header><a href="/">Salt &amp; Smoke</a></header>
<main><article class="recipe"><h1>${name}</h1><p>By Lene Park · <time datetime="2025-02-08">8 February 2025</time> · ★ 4.7 (211)</p><p><a href="#recipe">Jump to the recipe</a></p>
<p>My grandmother made this soup on Fridays, when the boats were in, and never twice the same way. I have written down the one time that I watched her hands instead of the window.</p>
<img src="/img/soup-1200x800.png" alt="A white bowl of yellow soup" width="1200" height="800">
<section id="recipe"><h2>Recipe</h2><ul class="facts"><li>Serves 4</li><li>Preparation 20 min</li><li>Cooking 40 min</li></ul>
<h3>Ingredients</h3><ul class="ingredients">
${each(ingredients, (one) => `<li><label><input type="checkbox"> ${one}</label></li>`)}
</ul><h3>Method</h3><ol class="method">
${each(steps, (one) => `<li>${one}</li>`)}
</ol><h3>Nutrition</h3><table><tr><th>Energy</th><td>310 kcal</td></tr><tr><th>Protein</th><td>32 g</td></tr></table></section></article></main>
<footer><a href="/recipes">All recipes</a></footer>`,
    }),
  },
)
